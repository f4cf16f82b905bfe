"""Experiments and runs."""

import math
import sys
import time
import unittest

from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType

from .case import BAD, EXISTS, IS_OLD, MISSING, Case


class ExperimentChecks(Case):
    def test_an_experiment_is_made_renamed_tagged_deleted_and_restored(self):
        name = self.name("voyage")
        made = self.client.create_experiment(name, tags={"ship": "aurora"})
        found = self.client.get_experiment(made)
        self.assertEqual((found.name, found.lifecycle_stage, found.tags), (name, "active", {"ship": "aurora"}))
        self.assertTrue(found.artifact_location.startswith("mlflow-artifacts:/"))
        self.assertLess(abs(found.creation_time / 1000 - time.time()), 600)
        self.client.rename_experiment(made, name + "-2")
        self.client.set_experiment_tag(made, "ship", "borealis")
        found = self.client.get_experiment_by_name(name + "-2")
        self.assertEqual((found.experiment_id, found.tags), (made, {"ship": "borealis"}))
        run = self.client.create_run(made)
        self.client.delete_experiment(made)
        self.assertEqual(self.client.get_run(run.info.run_id).info.lifecycle_stage, "deleted")
        self.assertRefused(BAD, "must be in the 'active' state", lambda: self.client.create_run(made))
        self.assertRefused(EXISTS, "already exists", lambda: self.client.create_experiment(name + "-2"))
        self.client.restore_experiment(made)
        self.assertEqual(self.client.get_run(run.info.run_id).info.lifecycle_stage, "active")

    def test_what_is_not_there_or_not_allowed_is_said_in_mlflows_words(self):
        client = self.client
        self.assertIsNone(client.get_experiment_by_name(self.name("none")))
        for code, text, action in [
            (MISSING, "No Experiment with id=12345 exists", lambda: client.get_experiment("12345")),
            (BAD, "Missing value for required parameter 'name'", lambda: client.create_experiment("")),
            (BAD, "exceeds the maximum length of 500", lambda: client.create_experiment("x" * 501)),
            (BAD, "Names may only contain", lambda: client.set_experiment_tag("0", "a$b", "")),
            (BAD, "", lambda: client.create_experiment(self.name("x"), artifact_location="file:///etc")),
        ]:
            with self.subTest(text):
                self.assertRefused(code, text, action)

    @unittest.skipIf(IS_OLD, "clients before 3.0 can't take an experiment's tag away")
    def test_a_tag_that_is_not_there_can_not_be_taken_away(self):
        self.assertRefused(
            MISSING, "No tag with name: q", lambda: self.client.delete_experiment_tag("0", "q" + self.mark)
        )

    def test_every_tenant_has_experiment_0(self):
        self.assertEqual(self.client.get_experiment("0").name, "Default")

    def test_a_search_comes_in_pages_without_gap_or_double(self):
        made = [
            self.client.create_experiment(self.name(f"e{i}"), tags={"mark": self.mark, "n": str(i)})
            for i in range(7)
        ]
        words = f"tags.mark = '{self.mark}'"
        found, pages = self.pages(
            self.client.search_experiments, filter_string=words, order_by=["name ASC"], max_results=3
        )
        self.assertEqual(([x.experiment_id for x in found], pages), (made, 3))
        newest = self.client.search_experiments(filter_string=words)
        self.assertEqual(newest[0].experiment_id, made[-1])
        self.client.delete_experiment(made[0])
        found = self.client.search_experiments(filter_string=words, view_type=ViewType.DELETED_ONLY)
        self.assertEqual([x.experiment_id for x in found], made[:1])


class RunChecks(Case):
    def setUp(self):
        super().setUp()
        self.experiment = self.client.create_experiment(self.name("runs"))
        self.run_id = self.client.create_run(self.experiment, run_name="first").info.run_id

    def data(self):
        return self.client.get_run(self.run_id).data

    def test_a_run_has_an_id_a_name_and_a_place_for_its_artifacts(self):
        run = self.client.get_run(self.run_id)
        self.assertRegex(self.run_id, "^[0-9a-f]{32}$")
        self.assertEqual(run.data.tags["mlflow.runName"], "first")
        location = self.client.get_experiment(self.experiment).artifact_location
        self.assertEqual(run.info.artifact_uri, f"{location}/{self.run_id}/artifacts")
        self.assertTrue(self.client.create_run(self.experiment).info.run_name)

    def test_the_latest_metric_is_that_of_the_greatest_step_then_time(self):
        for step, at, value in [(0, 100, 1.0), (5, 100, 2.0), (3, 900, 3.0), (5, 200, 4.0), (5, 150, 9.0)]:
            self.client.log_metric(self.run_id, "loss", value, timestamp=at, step=step)
        self.assertEqual(self.data().metrics["loss"], 4.0)
        history = self.client.get_metric_history(self.run_id, "loss")
        self.assertEqual(
            [(m.timestamp, m.step, m.value) for m in history],
            [(100, 0, 1.0), (100, 5, 2.0), (150, 5, 9.0), (200, 5, 4.0), (900, 3, 3.0)],
        )

    def test_the_same_metric_is_kept_once(self):
        for _ in range(3):
            self.client.log_metric(self.run_id, "m", 0.5, timestamp=7, step=1)
        self.assertEqual(len(self.client.get_metric_history(self.run_id, "m")), 1)

    def test_numbers_that_are_none_come_back_as_they_went(self):
        for key, value in [("nan", math.nan), ("up", math.inf), ("down", -math.inf), ("tiny", 5e-324)]:
            self.client.log_metric(self.run_id, key, value)
        found = self.data().metrics
        self.assertTrue(math.isnan(found["nan"]))
        self.assertGreaterEqual(found["up"], sys.float_info.max)
        self.assertLessEqual(found["down"], -sys.float_info.max)
        self.assertEqual(found["tiny"], 5e-324)

    def test_a_parameter_is_written_once(self):
        self.client.log_param(self.run_id, "rate", "1")
        self.client.log_param(self.run_id, "rate", "1")
        self.assertRefused(
            BAD, "Changing param values is not allowed",
            lambda: self.client.log_param(self.run_id, "rate", "2"),
        )

    def test_a_batch_is_all_or_nothing(self):
        self.client.log_param(self.run_id, "rate", "1")
        with self.assertRaises(Exception):
            self.client.log_batch(
                self.run_id, [Metric("lost", 1.0, 1, 0)], [Param("rate", "2")], [RunTag("lost", "1")]
            )
        self.assertNotIn("lost", self.data().metrics)
        self.assertNotIn("lost", self.data().tags)
        now = int(time.time() * 1000)
        self.client.log_batch(
            self.run_id, [Metric("m", float(i), now + i, i) for i in range(1000)],
            [Param(f"p{i}", str(i)) for i in range(100)], [RunTag(f"t{i}", str(i)) for i in range(100)],
        )
        self.assertEqual((self.data().metrics["m"], self.data().params["p99"]), (999.0, "99"))
        self.assertEqual(len(self.client.get_metric_history(self.run_id, "m")), 1000)

    def test_limits_are_said_before_anything_is_written(self):
        for body in [
            {"metrics": [{"key": f"k{i}", "value": 1, "timestamp": 1} for i in range(1001)]},
            {"params": [{"key": f"k{i}", "value": ""} for i in range(101)]},
            {"tags": [{"key": f"k{i}", "value": ""} for i in range(101)]},
            {"params": [{"key": "same", "value": "1"}, {"key": "same", "value": "2"}]},
            {"metrics": [{"value": 1, "timestamp": 1}]},
            {"metrics": [{"key": "k", "value": "many", "timestamp": 1}]},
            {"metrics": [{"key": "k", "value": 1, "timestamp": -1}]},
            {"metrics": [{"key": "../k", "value": 1, "timestamp": 1}]},
            {"metrics": {"key": "k"}},
        ]:
            with self.subTest(str(body)[:60]):
                answer = self.call("POST", "runs/log-batch", json={"run_id": self.run_id} | body)
                self.assertAnswersError(answer, 400, BAD)
        self.assertEqual((self.data().metrics, self.data().params), ({}, {}))

    def test_a_body_that_is_too_long_is_refused(self):
        answer = self.call("POST", "runs/set-tag", json={"run_id": self.run_id, "key": "k", "value": "x" * 2_000_000})
        self.assertAnswersError(answer, 400, BAD)

    def test_tags_rename_and_go(self):
        self.client.set_tag(self.run_id, "mlflow.runName", "second")
        self.assertEqual(self.client.get_run(self.run_id).info.run_name, "second")
        self.client.update_run(self.run_id, name="third")
        self.assertEqual(self.data().tags["mlflow.runName"], "third")
        self.client.set_tag(self.run_id, "k", "v")
        self.client.delete_tag(self.run_id, "k")
        self.assertRefused(MISSING, "No tag with name: k", lambda: self.client.delete_tag(self.run_id, "k"))

    def test_a_deleted_run_takes_nothing_until_it_is_restored(self):
        self.client.set_terminated(self.run_id, "FAILED", end_time=5)
        self.client.delete_run(self.run_id)
        self.assertRefused(
            BAD, "must be in the 'active' state", lambda: self.client.log_metric(self.run_id, "m", 1.0)
        )
        self.client.restore_run(self.run_id)
        self.client.log_metric(self.run_id, "m", 1.0)
        info = self.client.get_run(self.run_id).info
        self.assertEqual((info.status, info.end_time, info.lifecycle_stage), ("FAILED", 5, "active"))

    def test_data_sets_are_kept_with_what_they_were_for(self):
        data = Dataset(name="log", digest="d1", source_type="local", source="{}", schema="{}", profile="{}")
        self.client.log_inputs(self.run_id, [DatasetInput(data, [InputTag("mlflow.data.context", "training")])])
        found = self.client.get_run(self.run_id).inputs.dataset_inputs
        self.assertEqual(
            [(x.dataset.name, x.dataset.digest, [(t.key, t.value) for t in x.tags]) for x in found],
            [("log", "d1", [("mlflow.data.context", "training")])],
        )
        hits = self.client.search_runs([self.experiment], "datasets.digest = 'd1' and dataset.context = 'training'")
        self.assertEqual([x.info.run_id for x in hits], [self.run_id])

    def test_a_long_history_comes_in_pages_and_in_samples(self):
        for part in range(3):
            self.client.log_batch(
                self.run_id, [Metric("h", float(i), 10 + i, i) for i in range(part * 1000, part * 1000 + 1000)]
            )
        found, token = [], None
        while True:
            answer = self.call("GET", "metrics/get-history", params={
                "run_id": self.run_id, "metric_key": "h", "max_results": 700, "page_token": token,
            }).json()
            found += [m["value"] for m in answer["metrics"]]
            token = answer.get("next_page_token")
            if not token:
                break
        self.assertEqual(found, [float(i) for i in range(3000)])
        sampled = self.call("GET", "metrics/get-history-bulk-interval", params={
            "run_ids": self.run_id, "metric_key": "h", "max_results": 50,
        }).json()["metrics"]
        self.assertLessEqual(len(sampled), 60)
        self.assertGreaterEqual(len(sampled), 45)
        self.assertEqual((sampled[0]["step"], sampled[-1]["step"]), (0, 2999))
