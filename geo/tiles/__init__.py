"""Records on the squares of a map: how places are numbered, how crowds become clusters, how a tile is written."""
