"""What data scientists do, by the stock mlflow client, against the server that the environment names."""
