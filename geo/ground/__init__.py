"""What lies under the records on a map: land, borders, waters, names of places, and layers of the operator."""
