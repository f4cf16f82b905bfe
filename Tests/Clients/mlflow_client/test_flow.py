"""From training to loading, as in a notebook."""

import unittest

import mlflow
import numpy
from sklearn.linear_model import LinearRegression

from .case import BAD, IS_OLD, Case

INPUT = numpy.array([[5.0]])


class FlowChecks(Case):
    def setUp(self):
        super().setUp()
        self.model = self.name("flow")
        mlflow.set_experiment(self.name("flow"))
        fitted = LinearRegression().fit(numpy.array([[1.0], [2.0], [3.0]]), numpy.array([2.0, 4.0, 6.0]))
        with mlflow.start_run() as run:
            mlflow.log_params({"rate": 0.1})
            mlflow.log_metrics({"rmse": 0.25})
            self.info = mlflow.sklearn.log_model(
                fitted, "model", registered_model_name=self.model, input_example=numpy.array([[1.0]])
            )
        self.run_id = run.info.run_id

    def predicts(self, uri):
        return round(float(mlflow.pyfunc.load_model(uri).predict(INPUT)[0]), 6)

    def test_a_model_is_logged_registered_promoted_and_loaded(self):
        self.client.set_registered_model_alias(self.model, "champion", "1")
        for uri in (f"models:/{self.model}@champion", f"models:/{self.model}/1", f"models:/{self.model}/latest"):
            with self.subTest(uri):
                self.assertEqual(self.predicts(uri), 10.0)
        self.client.transition_model_version_stage(self.model, "1", "Production")
        self.assertEqual(self.predicts(f"models:/{self.model}/Production"), 10.0)
        self.assertEqual(self.predicts(f"runs:/{self.run_id}/model"), 10.0)
        loaded = mlflow.sklearn.load_model(f"models:/{self.model}@champion")
        self.assertIsInstance(loaded, LinearRegression)
        self.assertRefused(BAD, "", lambda: self.predicts(f"models:/{self.model}@nobody"))

    def test_the_run_tells_what_it_was_given_and_measured(self):
        run = self.client.get_run(self.run_id)
        self.assertEqual(
            (run.info.status, run.data.params["rate"], run.data.metrics["rmse"]), ("FINISHED", "0.1", 0.25)
        )
        with mlflow.start_run() as parent:
            with mlflow.start_run(nested=True) as child:
                mlflow.log_metric("x", 1)
        tags = self.client.get_run(child.info.run_id).data.tags
        self.assertEqual(tags["mlflow.parentRunId"], parent.info.run_id)

    def test_a_version_has_a_signed_manifest_of_its_files(self):
        answer = self.call("GET", f"models/{self.model}/versions/1/manifest", api="v1")
        self.assertEqual(answer.status_code, 200, answer.text)
        import hashlib
        import json

        signed = answer.json()
        self.assertEqual(hashlib.sha256(signed["manifest"].encode()).hexdigest(), signed["sha256"])
        manifest = json.loads(signed["manifest"])
        self.assertIn("MLmodel", {file["path"] for file in manifest["files"]})
        self.assertEqual(manifest["lineage"]["run_id"], self.run_id)

    def test_what_a_version_consists_of_stays(self):
        uri = self.client.get_model_version_download_uri(self.model, "1")
        path = uri.removeprefix("mlflow-artifacts:/").lstrip("/")
        for method in ("PUT", "DELETE"):
            answer = self.call(method, f"artifacts/{path}/MLmodel", api="2.0/mlflow-artifacts", data=b"x")
            self.assertAnswersError(answer, 409, "RESOURCE_CONFLICT")
        self.assertEqual(self.predicts(f"models:/{self.model}/1"), 10.0)

    @unittest.skipIf(IS_OLD, "clients before 3.0 know no logged models")
    def test_a_logged_model_is_found_by_what_was_measured(self):
        found = self.client.get_logged_model(self.info.model_id)
        self.assertEqual(found.source_run_id, self.run_id)
        self.client.log_metric(self.run_id, "depth", 4.5, model_id=self.info.model_id)
        hits = self.client.search_logged_models([found.experiment_id], filter_string="metrics.depth > 4")
        self.assertEqual([m.model_id for m in hits], [self.info.model_id])
        self.client.set_logged_model_tags(self.info.model_id, {"a b": "c"})
        self.client.delete_logged_model_tag(self.info.model_id, "a b")
        self.assertNotIn("a b", self.client.get_logged_model(self.info.model_id).tags)
        self.assertEqual(self.predicts(f"models:/{self.info.model_id}"), 10.0)
