"""What the demonstration says in its own words: spaces and debates; nothing here is a fact."""

from dataclasses import dataclass

from participa.moderation.models import Reason
from participa.spaces.models import SpaceKind, Visibility


@dataclass(frozen=True, slots=True)
class SpaceText:
    """One space of the demonstration."""

    slug: str
    name: str
    accent: str
    summary: str
    description: str
    stance: bool = False
    """Whether proposals are voted on for / mixed / against."""
    kind: SpaceKind = SpaceKind.THEMATIC
    visibility: Visibility = Visibility.PUBLIC


ENGLISH = {
    "sante": ("Health", "Neighbourhood health workshops, mental health, mediation"),
    "education": ("Education", "Success at school, dropping out, education partnerships"),
    "developpement-economique": ("Local economy", "Jobs, local shops, new businesses"),
    "projet-urbain": ("Urban renewal", "Renewal, surroundings, the place of residents"),
    "acces-aux-droits": ("Access to rights", "Unclaimed rights, discrimination, help with online services"),
    "participation-citoyenne": (
        "Citizen participation",
        "Citizens’ councils, workshops, participatory budgets",
    ),
    "outre-mer": ("Overseas", "What the overseas centres do"),
    "vie-du-reseau": ("Life of the network", "Peers, partners, shared tools"),
}
"""Name and sentence of each space in English; descriptions are left in French, and say so."""

SPACES = (
    SpaceText(
        "sante",
        "Santé",
        "sante",
        "Ateliers santé ville, santé mentale, médiation",
        "Ce que les centres apprennent des ateliers santé ville, des conseils locaux de santé mentale et de la "
        "médiation, et ce qu’ils peuvent faire ensemble.",
    ),
    SpaceText(
        "education",
        "Éducation",
        "education",
        "Réussite éducative, décrochage, cités éducatives",
        "Réussite éducative, lutte contre le décrochage, usages du numérique : ce qui marche dans les quartiers et "
        "mérite d’être partagé.",
    ),
    SpaceText(
        "developpement-economique",
        "Développement économique",
        "economie",
        "Emploi, commerce de proximité, entrepreneuriat",
        "Emploi, création d’activité et commerce de proximité dans les quartiers.",
    ),
    SpaceText(
        "projet-urbain",
        "Projet urbain",
        "urbain",
        "Renouvellement urbain, cadre de vie, place des habitants",
        "Ce que les centres savent de la place des habitants dans les projets de renouvellement urbain.",
    ),
    SpaceText(
        "acces-aux-droits",
        "Accès aux droits",
        "droits",
        "Non-recours, discriminations, médiation numérique",
        "Lutter contre le non-recours et les discriminations ; rendre les démarches accessibles à tout le monde.",
    ),
    SpaceText(
        "participation-citoyenne",
        "Participation citoyenne",
        "participation",
        "Conseils citoyens, ateliers, budgets participatifs",
        "Faire vivre la participation des habitants : conseils citoyens, ateliers, outils et méthodes.",
        stance=True,
    ),
    SpaceText(
        "outre-mer",
        "Outre-mer",
        "outremer",
        "Pratiques des centres ultramarins",
        "Un espace pour les pratiques et les questions propres aux territoires ultramarins.",
    ),
    SpaceText(
        "vie-du-reseau",
        "Vie du réseau",
        "reseau",
        "Pairs, partenaires, outils communs",
        "Comment le réseau s’organise entre deux rencontres : échanges entre pairs, partenaires, outils communs.",
    ),
)


@dataclass(frozen=True, slots=True)
class DebateText:
    """One debate of the demonstration, with arguments for and against."""

    space: str
    title: str
    body: str
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    comments: tuple[tuple[int, str], ...]
    """Position and text."""
    questions: tuple[tuple[str, str], ...] = ()
    """What members ask its guest, and the answer, empty while it waits."""


DEBATES = (
    DebateText(
        "vie-du-reseau",
        "Comment structurer les échanges au sein du réseau entre deux rencontres ?",
        "Nous nous voyons une fois par an. Faut-il des groupes de travail réguliers, ou laisser chaque espace trouver "
        "son rythme ?\n\nDites ce qui a fonctionné chez vous, et ce que vous ne referiez pas.",
        (
            "Un rendez-vous mensuel d’une heure suffit à garder le lien, à condition d’un ordre du jour écrit ici.",
            "Des groupes réguliers donnent leur place aux petites équipes : on sait quand venir et pour quoi.",
            "Une animation tournante répartit la charge et fait connaître chaque centre.",
        ),
        (
            "Nos agendas sont déjà pleins : une réunion de plus, et ce sont toujours les mêmes qui viennent.",
            "Les décalages horaires écartent les centres ultramarins des visioconférences de l’après-midi.",
        ),
        (
            (0, "Avant de choisir, regardons combien de personnes chaque centre peut vraiment mobiliser."),
            (1, "D’accord pour un essai de six mois, avec un bilan écrit avant la rencontre annuelle."),
            (-1, "Je préfère des échanges écrits, que l’on peut lire le soir ou le lendemain."),
        ),
    ),
    DebateText(
        "sante",
        "Faut-il former des médiateurs santé dans chaque centre ?",
        "Plusieurs centres accompagnent des actions de médiation en santé. Une formation commune aurait un coût ; son "
        "absence aussi.",
        (
            "Une base commune éviterait que chaque territoire invente seul ses supports.",
            "Les médiateurs isolés trouveraient enfin des pairs.",
        ),
        (
            "Les agences régionales de santé forment déjà : mieux vaut orienter que refaire.",
            "Deux jours de formation par an, c’est un poste que les petites équipes ne peuvent pas remplacer.",
        ),
        ((1, "Nous pourrions commencer par mettre nos supports en commun dans cet espace."),),
        (
            (
                "Combien de jours de formation cela demande-t-il la première année ?",
                (
                    "Chez nous, **six jours** : trois en commun au printemps, trois sur le terrain avec une équipe qui "
                    "médie déjà. Ensuite, deux jours par an suffisent."
                ),
            ),
            ("Comment font les centres ultramarins, où les formateurs sont loin ?", ""),
            ("Qui finance le remplacement pendant la formation ?", ""),
        ),
    ),
    DebateText(
        "participation-citoyenne",
        "Les habitants doivent-ils pouvoir lire nos échanges ?",
        "Participa peut être lu par tout le monde ou réservé aux membres, espace par espace. Où mettre la limite ?",
        (
            "On ne peut pas promouvoir la participation et débattre entre nous à huis clos.",
            "Des échanges lisibles par tous obligent à écrire clairement.",
        ),
        (
            "On ne parle pas de la même façon d’une difficulté avec une ville quand elle peut lire.",
            "Commençons entre professionnels : nous ouvrirons quand les usages seront pris.",
        ),
        (
            (0, "Un espace public et un espace de travail réservé peuvent coexister."),
            (1, "Ouvrir par défaut, fermer quand il y a une raison : c’est la règle chez nous."),
        ),
    ),
    DebateText(
        "acces-aux-droits",
        "Que demander ensemble sur l’accès aux services publics en ligne ?",
        "Les démarches dématérialisées éloignent une partie des habitants de leurs droits. Quelle position commune ?",
        (
            "Demander qu’un accueil humain reste possible pour chaque démarche.",
            "Financer la médiation numérique dans la durée, pas par appels à projets annuels.",
        ),
        ("Une position commune trop générale n’aura aucun effet : partons de cas précis.",),
        ((1, "Nos observations de terrain pourraient nourrir une note courte, à plusieurs centres."),),
    ),
)

REPLIES = (
    (1, "Cela rejoint ce que nous observons dans nos quartiers. Quelqu’un l’a-t-il déjà mis en place ?"),
    (0, "À préciser : qui porterait l’action, et avec quels moyens ?"),
    (1, "Nous pourrions l’expérimenter avec un centre voisin."),
    (-1, "Attention à ne pas ajouter un dispositif de plus ; partons de l’existant."),
    (0, "Ce texte date de 2015 : qu’est-ce qui a changé depuis ?"),
)
"""Comments by the demonstration's own accounts under proposals; position and text."""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """An answer of the moderators to the proposal that gathered most in a space."""

    space: str
    state: str
    """By its token."""
    body: str


ANSWERS = (
    AnswerText(
        "sante",
        "evaluating",
        "Nous regardons avec les centres concernés ce qui existe déjà, et nous répondons avant la fin du mois.",
    ),
    AnswerText(
        "education",
        "accepted",
        "Retenu : un premier atelier est organisé dans deux centres volontaires, son bilan sera publié ici.",
    ),
    AnswerText(
        "developpement-economique",
        "rejected",
        "Non retenu : cela dépasse ce que le réseau peut porter. La discussion reste lisible et utile.",
    ),
)

REPORTS = (
    (REPLIES[4][1], Reason.OFF_TOPIC, ""),
    (REPLIES[3][1], Reason.OTHER, "Le ton décourage la personne qui propose."),
)
"""Comments of the demonstration that its accounts report; text, reason, words."""

INVITED = (("documentation", "Responsable documentation"), ("etudes", "Chargée d’études"))
"""People who have not answered their invitation yet; address and name."""


@dataclass(frozen=True, slots=True)
class DraftText:
    """A proposal left aside."""

    space: str
    title: str
    body: str


DRAFT = DraftText(
    "vie-du-reseau",
    "Partager un agenda des formations entre centres",
    "Chaque centre organise des formations que les autres découvrent trop tard.",
)
