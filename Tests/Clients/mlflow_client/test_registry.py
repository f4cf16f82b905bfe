"""Registered models, their versions and aliases."""

import concurrent.futures

from .case import BAD, EXISTS, MISSING, OTHERS, OWN, READER, Case


class ModelChecks(Case):
    def setUp(self):
        super().setUp()
        self.model = self.name("model")
        self.client.create_registered_model(self.model, tags={"team": "nav"}, description="one")

    def version(self, source="s3://bucket/x", **more):
        return str(self.client.create_model_version(self.model, source, **more).version)

    def test_a_model_is_described_renamed_and_deleted(self):
        found = self.client.get_registered_model(self.model)
        self.assertEqual((found.description, found.tags, found.latest_versions), ("one", {"team": "nav"}, []))
        self.client.update_registered_model(self.model, "two")
        self.version()
        self.client.set_registered_model_alias(self.model, "champion", "1")
        new = self.model + " (ü)"
        self.client.rename_registered_model(self.model, new)
        self.assertEqual(str(self.client.get_model_version_by_alias(new, "champion").version), "1")
        self.assertRefused(
            MISSING, f"Registered Model with name={self.model} not found",
            lambda: self.client.get_registered_model(self.model),
        )
        self.assertRefused(EXISTS, "already exists", lambda: self.client.create_registered_model(new))
        self.client.delete_registered_model(new)
        self.assertRefused(MISSING, "not found", lambda: self.client.get_model_version(new, "1"))

    def test_names_that_can_be_no_name_are_refused(self):
        for name in ("", "  ", "a/b", "a:b", "..", "x" * 257):
            with self.subTest(name[:10]):
                self.assertRefused(BAD, "", lambda: self.client.create_registered_model(name))

    def test_sources_lead_nowhere_else(self):
        for source in (
            "/etc/passwd", "file:///etc/passwd", "mlflow-artifacts:/1/../../x", "runs:/" + "0" * 32 + "/m",
            "models:/m-" + "0" * 32, "models:/none/1", "mlflow-artifacts:/0/other", "x", "s3://b/%2e%2e/x",
        ):
            with self.subTest(source):
                with self.assertRaises(Exception):
                    self.version(source)
        self.assertEqual(self.version(), "1")

    def test_stages_are_kept_for_those_who_use_them(self):
        for _ in range(3):
            self.version()
        move = self.client.transition_model_version_stage
        move(self.model, "1", "Production")
        move(self.model, "2", "production", archive_existing_versions=True)
        latest = self.client.get_latest_versions(self.model)
        self.assertEqual(
            {v.current_stage: str(v.version) for v in latest}, {"Archived": "1", "Production": "2", "None": "3"}
        )
        self.assertRefused(BAD, "Invalid Model Version stage", lambda: move(self.model, "1", "Attic"))
        self.assertRefused(
            BAD, "not an Active stage",
            lambda: move(self.model, "1", "Archived", archive_existing_versions=True),
        )

    def test_a_number_is_given_once(self):
        self.version()
        self.client.delete_model_version(self.model, self.version())
        self.assertEqual(self.version(), "3")
        create = lambda i: self.call(
            "POST", "model-versions/create", json={"name": self.model, "source": f"s3://c/{i}"}
        )
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(create, range(32)))
        self.assertEqual({a.status_code for a in answers}, {200})
        numbers = sorted(int(a.json()["model_version"]["version"]) for a in answers)
        self.assertEqual(numbers, list(range(4, 36)))

    def test_aliases_move_and_go_with_their_version(self):
        for _ in range(2):
            self.version()
        self.client.set_registered_model_alias(self.model, "champion", "1")
        self.client.set_registered_model_alias(self.model, "champion", "2")
        self.assertEqual(self.client.get_registered_model(self.model).aliases, {"champion": "2"})
        for alias in ("latest", "Latest", "v1", "V22"):
            self.assertRefused(
                BAD, "reserved", lambda: self.client.set_registered_model_alias(self.model, alias, "1")
            )
        self.assertRefused(
            BAD, "Registered model alias none not found",
            lambda: self.client.get_model_version_by_alias(self.model, "none"),
        )
        self.client.delete_registered_model_alias(self.model, "none")
        self.client.delete_model_version(self.model, "2")
        self.assertEqual(self.client.get_registered_model(self.model).aliases, {})

    def test_racing_moves_leave_one_winner(self):
        for _ in range(8):
            self.version()
        put = lambda i: self.call(
            "POST", "registered-models/alias",
            json={"name": self.model, "alias": "champion", "version": str(i % 8 + 1)},
        )
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual({a.status_code for a in pool.map(put, range(40))}, {200})
        moves = self.call("GET", f"models/{self.model}/moves", api="v1", params={"limit": 1000}).json()["items"]
        numbers = [move["number"] for move in moves]
        self.assertEqual(numbers, list(range(len(moves), 0, -1)))
        for newer, older in zip(moves, moves[1:]):
            self.assertEqual(newer.get("from_version"), older["to_version"])
        now = self.client.get_model_version_by_alias(self.model, "champion").version
        self.assertEqual(moves[0]["to_version"], int(now))

    def test_many_tags_are_many_tags(self):
        version = self.version()
        for i in range(50):
            self.client.set_model_version_tag(self.model, version, f"k{i}", "v" * 1000)
        self.assertEqual(len(self.client.get_model_version(self.model, version).tags), 50)
        answer = self.call("POST", "registered-models/create", json={
            "name": self.name("tags"), "tags": [{"key": f"k{i}", "value": ""} for i in range(100_000)],
        })
        self.assertEqual(answer.status_code, 400, answer.text[:200])

    def test_a_reader_reads_and_another_tenant_sees_nothing(self):
        self.version()
        read = self.call("GET", "registered-models/get", READER, params={"name": self.model})
        self.assertEqual(read.status_code, 200)
        write = self.call("POST", "registered-models/set-tag", READER, json={"name": self.model, "key": "a", "value": "b"})
        self.assertAnswersError(write, 403, "PERMISSION_DENIED")
        for path, parameters in [
            ("registered-models/get", {"name": self.model}),
            ("model-versions/get", {"name": self.model, "version": "1"}),
            ("model-versions/get-download-uri", {"name": self.model, "version": "1"}),
        ]:
            self.assertAnswersError(self.call("GET", path, OTHERS, params=parameters), 404, MISSING)
        made = self.call("POST", "registered-models/create", OTHERS, json={"name": self.model})
        self.assertEqual(made.status_code, 200, "a name is free in every tenant")
        self.assertEqual(self.client.get_registered_model(self.model).description, "one")


class WireChecks(Case):
    def test_conventions_of_protocol_buffers_hold(self):
        name = self.name("wire")
        made = self.call("POST", "registered-models/create", json={"name": name, "unknown": [1]}).json()
        model = made["registered_model"]
        self.assertIsInstance(model["creation_timestamp"], int)
        self.assertNotIn("tags", model)
        version = self.call("POST", "model-versions/create", json={"name": name, "source": "s3://x/y"}).json()
        self.assertEqual((version["model_version"]["version"], version["model_version"]["status"]), ("1", "READY"))
        run = self.call("POST", "runs/create", json={"experimentId": "0", "startTime": "1700000000000"}).json()["run"]
        self.assertEqual(run["info"]["start_time"], 1_700_000_000_000)
        both = self.call("POST", "runs/create", json={"experiment_id": "0", "experimentId": "0"})
        self.assertAnswersError(both, 400, BAD)
        empty = self.call("POST", "registered-models/set-tag", json={"name": name, "key": "a", "value": "b"})
        self.assertEqual((empty.status_code, empty.json()), (200, {}))
        twice = self.call(
            "POST", "registered-models/set-tag", headers={"Content-Type": "application/json"},
            data='"{\\"name\\": \\"%s\\", \\"key\\": \\"a\\", \\"value\\": \\"c\\"}"' % name,
        )
        self.assertEqual(twice.status_code, 200, twice.text)

    def test_a_callers_mistake_is_never_the_servers(self):
        headers = {"Content-Type": "application/json"}
        for path in (
            "registered-models/create", "runs/create", "runs/log-batch", "model-versions/create",
            "experiments/create", "runs/search", "logged-models", "runs/log-inputs",
        ):
            for body in (b"", b"{nope", b"[]", b"null", b"3", b"\xff", b'{"name": 12}', b'{"a":' * 60, b'"' * 5):
                with self.subTest(path, body=body):
                    answer = self.call("POST", path, headers=headers, data=body)
                    self.assertIn(answer.status_code // 100, (2, 4), answer.text)
        answer = self.call("POST", "registered-models/create", data="name=x", headers={"Content-Type": "text/plain"})
        self.assertAnswersError(answer, 400, BAD)

    def test_who_is_nobody_gets_nothing(self):
        for token in (None, "no-such-token", OWN + "x"):
            answer = self.call("GET", "registered-models/search", token)
            self.assertAnswersError(answer, 401, "UNAUTHENTICATED")
