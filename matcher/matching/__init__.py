"""From a need to a ranked, explained recommendation; knows neither the web nor the database."""
