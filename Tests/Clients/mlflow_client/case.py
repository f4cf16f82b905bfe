"""What the checks share."""

import logging
import os
import unittest
import uuid

import mlflow
import requests
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

logging.getLogger("mlflow").setLevel(logging.ERROR)

URL = os.environ["HAWSER_URL"]
OWN, OTHERS, READER = os.environ["HAWSER_TOKENS"].split()
# Clients before 3.0 know no logged models.
IS_OLD = int(mlflow.__version__.split(".")[0]) < 3

BAD = "INVALID_PARAMETER_VALUE"
MISSING = "RESOURCE_DOES_NOT_EXIST"
EXISTS = "RESOURCE_ALREADY_EXISTS"


class Case(unittest.TestCase):
    """A client, and a name that nothing else has."""

    maxDiff = None

    def setUp(self):
        self.client = MlflowClient()
        self.mark = uuid.uuid4().hex[:10]

    def name(self, stem):
        return f"{stem}-{self.mark}"

    def call(self, method, path, token=OWN, api="2.0/mlflow", **more):
        """A request as a client in another language might write it."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= more.pop("headers", {})
        return requests.request(
            method, f"{URL}/api/{api}/{path}", headers=headers, timeout=60, **more
        )

    def assertRefused(self, code, text, action):
        """The action is refused with MLflow's code, and words that clients match on."""
        with self.assertRaises(MlflowException) as caught:
            action()
        self.assertEqual(caught.exception.error_code, code, str(caught.exception))
        self.assertIn(text, str(caught.exception))

    def assertAnswersError(self, response, status, code):
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.json()["error_code"], code, response.text)
        self.assertIsInstance(response.json()["message"], str)

    def pages(self, search, **more):
        """All that a search finds, page by page, and in how many pages."""
        found, token, count = [], None, 0
        while True:
            page = search(page_token=token, **more)
            found += list(page)
            count += 1
            token = page.token
            if not token:
                return found, count
