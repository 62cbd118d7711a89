"""Topics: trees to sort contributions and spaces by, kept by a space or by the network, offered by components."""
