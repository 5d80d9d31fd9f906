"""Fireside's tests. They mirror server/; journeys/ and browser/ cross it, support/ is what they stand on."""
