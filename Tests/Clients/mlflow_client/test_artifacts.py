"""Files up and down."""

import hashlib
import os
import pathlib
import tempfile

import mlflow

from .case import BAD, MISSING, OTHERS, READER, Case


class ArtifactChecks(Case):
    def setUp(self):
        super().setUp()
        self.experiment = self.client.create_experiment(self.name("files"))
        self.run_id = self.client.create_run(self.experiment).info.run_id
        self.root = f"artifacts/{self.experiment}/{self.run_id}/artifacts"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def proxy(self, method, path, **more):
        return self.call(method, path, api="2.0/mlflow-artifacts", **more)

    def test_a_tree_comes_back_byte_for_byte(self):
        (self.folder / "deep" / "er").mkdir(parents=True)
        contents = {
            "empty": b"", "deep/wide ü+&.bin": os.urandom(200_000), "deep/er/x.txt": b"x" * 70_000,
        }
        for path, content in contents.items():
            (self.folder / path).write_bytes(content)
        self.client.log_artifacts(self.run_id, str(self.folder), "tree")
        back = pathlib.Path(self.client.download_artifacts(self.run_id, "tree"))
        self.assertEqual({p: (back / p).read_bytes() for p in contents}, contents)
        listed = self.client.list_artifacts(self.run_id, "tree/deep")
        self.assertEqual(
            [(f.path, f.is_dir, f.file_size) for f in listed],
            [("tree/deep/er", True, None), ("tree/deep/wide ü+&.bin", False, 200_000)],
        )
        self.assertEqual(self.client.list_artifacts(self.run_id, "tree/empty"), [])

    def test_what_is_written_again_is_the_new(self):
        self.client.log_text(self.run_id, "one", "note.txt")
        self.client.log_text(self.run_id, "another", "note.txt")
        self.assertEqual(mlflow.artifacts.load_text(f"runs:/{self.run_id}/note.txt"), "another")

    def test_a_range_is_that_range(self):
        content = os.urandom(300_001)
        self.proxy("PUT", f"{self.root}/r.bin", data=content)
        for first, last in [(0, 0), (65_535, 65_536), (299_990, 300_000), (1, 299_999)]:
            answer = self.proxy("GET", f"{self.root}/r.bin", headers={"Range": f"bytes={first}-{last}"})
            self.assertEqual((answer.status_code, answer.content), (206, content[first:last + 1]))
        answer = self.proxy("GET", f"{self.root}/r.bin", headers={"Range": "bytes=-5"})
        self.assertEqual((answer.status_code, answer.content), (206, content[-5:]))
        answer = self.proxy("GET", f"{self.root}/r.bin", headers={"Range": "bytes=300001-"})
        self.assertEqual(answer.status_code, 416)

    def test_headers_say_what_it_is_and_that_no_browser_runs_it(self):
        self.proxy("PUT", f"{self.root}/page.html", data=b"<script>alert(1)</script>")
        answer = self.proxy("GET", f"{self.root}/page.html")
        self.assertIn("attachment", answer.headers["content-disposition"])
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        self.assertEqual(answer.headers["content-length"], "25")

    def test_no_path_leads_out(self):
        for path in [
            "..%2f..%2fetc%2fpasswd", "%2e%2e/x", "a/..%2f..%2fb", "%2fetc%2fpasswd", "a%5c..%5cb",
            "%252e%252e%252fx", "a%00b", "C:%5cx", "a/%2e/b", "a//b",
        ]:
            for method in ("PUT", "GET", "DELETE"):
                with self.subTest(path, method=method):
                    answer = self.proxy(method, f"artifacts/{path}", data=b"x" if method == "PUT" else None)
                    self.assertIn(answer.status_code, (400, 404), answer.text)
        answer = self.proxy("GET", "artifacts", params={"path": "../.."})
        self.assertAnswersError(answer, 400, BAD)

    def test_what_is_not_there_is_missing(self):
        self.assertAnswersError(self.proxy("GET", f"{self.root}/none"), 404, MISSING)

    def test_a_large_file_goes_in_parts_and_comes_in_ranges(self):
        file = self.folder / "large.bin"
        file.write_bytes(os.urandom(1 << 20) * 26)
        settings = {
            "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
            "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(5 << 20),
            "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(6 << 20),
        }
        os.environ.update(settings)
        self.addCleanup(lambda: [os.environ.pop(name) for name in settings])
        self.client.log_artifact(self.run_id, str(file), "large")
        back = pathlib.Path(self.client.download_artifacts(self.run_id, "large/large.bin")).read_bytes()
        self.assertEqual(hashlib.sha256(back).digest(), hashlib.sha256(file.read_bytes()).digest())

    def test_another_tenant_sees_nothing_and_a_reader_writes_nothing(self):
        self.proxy("PUT", f"{self.root}/secret", data=b"secret")
        answer = self.proxy("GET", f"{self.root}/secret", token=OTHERS)
        self.assertEqual(answer.status_code, 404, answer.text)
        self.proxy("PUT", f"{self.root}/secret", token=OTHERS, data=b"theirs")
        self.assertEqual(self.proxy("PUT", f"{self.root}/secret", token=READER, data=b"x").status_code, 403)
        self.assertEqual(self.proxy("GET", f"{self.root}/secret", token=READER).content, b"secret")
        self.assertEqual(self.proxy("GET", f"{self.root}/secret", token=None).status_code, 401)
