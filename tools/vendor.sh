#!/bin/sh
# Fetch the front-end assets at their pinned versions into participa/static/vendor and tests/vendor.
# Run by hand, with Node's npm, when a version below changes; what it writes is committed.
set -eu
cd "$(dirname "$0")/.."

BOOTSTRAP=5.3.9
BOOTSTRAP_ICONS=1.13.2
HTMX=2.0.11
MARKDOWN_TOOLBAR=2.2.3
NEWSREADER=5.2.9
ATKINSON=5.2.6
AXE=4.14.1
# The symbols the templates use; `icon("…")` finds only these.
ICONS="arrow-down arrow-up bell check-circle-fill check-lg circle circle-half exclamation-circle flag link-45deg
       list lock paperclip person plus-lg printer search square-fill three-dots x-lg"

STATIC=participa/static/vendor
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

unpack() { # unpack NAME VERSION: the package's files, in $WORK/NAME
    name=$(echo "$1" | tr -d '@' | tr '/' '-')
    (cd "$WORK" && npm pack --silent "$1@$2" >/dev/null)
    mkdir -p "$WORK/$name"
    tar -xzf "$WORK/$name-$2.tgz" -C "$WORK/$name" --strip-components=1
}

unpack bootstrap "$BOOTSTRAP"
mkdir -p "$STATIC/bootstrap"
grep -v '^/\*# sourceMappingURL' "$WORK/bootstrap/dist/css/bootstrap.min.css" >"$STATIC/bootstrap/bootstrap.min.css"
cp "$WORK/bootstrap/LICENSE" "$STATIC/bootstrap/"

unpack bootstrap-icons "$BOOTSTRAP_ICONS"
mkdir -p "$STATIC/bootstrap-icons"
{
    echo '<svg xmlns="http://www.w3.org/2000/svg">'
    for name in $ICONS; do
        printf '<symbol id="i-%s" viewBox="0 0 16 16">' "$name"
        tr -d '\n' <"$WORK/bootstrap-icons/icons/$name.svg" | sed -e 's/^<svg[^>]*>//' -e 's/<\/svg>$//' -e 's/> *</></g' -e 's/^ *//'
        echo '</symbol>'
    done
    echo '</svg>'
} >"$STATIC/bootstrap-icons/sprite.svg"
cp "$WORK/bootstrap-icons/LICENSE" "$STATIC/bootstrap-icons/"

unpack htmx.org "$HTMX"
mkdir -p "$STATIC/htmx"
cp "$WORK/htmx.org/dist/htmx.min.js" "$WORK/htmx.org/LICENSE" "$STATIC/htmx/"

unpack @github/markdown-toolbar-element "$MARKDOWN_TOOLBAR"
mkdir -p "$STATIC/markdown-toolbar-element"
cp "$WORK/github-markdown-toolbar-element/dist/index.js" "$WORK/github-markdown-toolbar-element/LICENSE" "$STATIC/markdown-toolbar-element/"

mkdir -p "$STATIC/fonts"
unpack @fontsource-variable/newsreader "$NEWSREADER"
cp "$WORK/fontsource-variable-newsreader/files/"newsreader-latin-opsz-normal.woff2 "$STATIC/fonts/"
cp "$WORK/fontsource-variable-newsreader/files/"newsreader-latin-ext-opsz-normal.woff2 "$STATIC/fonts/"
cp "$WORK/fontsource-variable-newsreader/LICENSE" "$STATIC/fonts/LICENSE-Newsreader.txt"
unpack @fontsource-variable/atkinson-hyperlegible-next "$ATKINSON"
for face in latin-wght-normal latin-wght-italic latin-ext-wght-normal; do
    cp "$WORK/fontsource-variable-atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-$face.woff2" "$STATIC/fonts/"
done
cp "$WORK/fontsource-variable-atkinson-hyperlegible-next/LICENSE" "$STATIC/fonts/LICENSE-AtkinsonHyperlegibleNext.txt"

unpack axe-core "$AXE"
mkdir -p tests/vendor/axe-core
cp "$WORK/axe-core/axe.min.js" "$WORK/axe-core/LICENSE" tests/vendor/axe-core/

chmod -R u+w "$STATIC" tests/vendor
echo "Vendored: bootstrap $BOOTSTRAP, bootstrap-icons $BOOTSTRAP_ICONS, htmx $HTMX, markdown-toolbar-element $MARKDOWN_TOOLBAR, newsreader $NEWSREADER, atkinson $ATKINSON, axe-core $AXE"
