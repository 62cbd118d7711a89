"""Front pages made of blocks: those of spaces, and the network's.

`kinds.py` is the registry of what a block may be, `standard.py` the ones that spaces know; features above add theirs
(`blocks.py`). What is in force and what is being changed are two lists on the row of the space or of the network:
`services.py` changes the second, then puts it in force. A page goes `showing.py → templates/blocks/`.
"""
