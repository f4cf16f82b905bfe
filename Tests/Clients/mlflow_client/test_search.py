"""Searches, against what Python finds in the same data."""

import itertools
import os
import random

from .case import BAD, Case

SEED = int(os.environ.get("HAWSER_SEED", random.randrange(2**32)))


def like(pattern, minds_case):
    import re

    text = "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    return lambda value: re.fullmatch(text, value, 0 if minds_case else re.I | re.S) is not None


class RunSearchChecks(Case):
    def setUp(self):
        super().setUp()
        chance = random.Random(SEED)
        self.experiment = self.client.create_experiment(self.name("search"))
        self.runs = {}
        for i in range(24):
            run = self.client.create_run(self.experiment, start_time=1000 + i, run_name=f"Run_{i}")
            kept = {"name": f"Run_{i}", "start": 1000 + i, "m": {}, "p": {}, "t": {}}
            if chance.random() < 0.8:
                kept["m"]["a b"] = chance.choice([0.0, 0.5, 1.0, -1.5])
            if chance.random() < 0.8:
                kept["p"]["lr"] = chance.choice(["0.1", "0.01", "A%", "a_"])
            if chance.random() < 0.8:
                kept["t"]["x.y"] = chance.choice(["Red", "red", "it's", "blue"])
            for key, value in kept["m"].items():
                self.client.log_metric(run.info.run_id, key, value)
            for key, value in kept["p"].items():
                self.client.log_param(run.info.run_id, key, value)
            for key, value in kept["t"].items():
                self.client.set_tag(run.info.run_id, key, value)
            self.runs[run.info.run_id] = kept

    def found(self, words, **more):
        return [r.info.run_id for r in self.client.search_runs([self.experiment], words, **more)]

    def expected(self, holds):
        newest = sorted(self.runs, key=lambda run: -self.runs[run]["start"])
        return [run for run in newest if holds(self.runs[run])]

    def test_every_comparison_finds_what_python_finds(self):
        compare = {
            "=": lambda a, b: a == b, "!=": lambda a, b: a != b, ">": lambda a, b: a > b,
            ">=": lambda a, b: a >= b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
        }
        clauses = []
        for word, test in compare.items():
            for value in (0.5, -1.5, 0):
                clauses.append((
                    f"metrics.`a b` {word} {value}",
                    lambda r, test=test, value=value: "a b" in r["m"] and test(r["m"]["a b"], value),
                ))
            clauses.append((
                f"start_time {word} 1010", lambda r, test=test: test(r["start"], 1010)
            ))
        for word in ("=", "!="):
            for value in ("0.1", "A%"):
                clauses.append((
                    f"params.lr {word} '{value}'",
                    lambda r, test=compare[word], value=value: "lr" in r["p"] and test(r["p"]["lr"], value),
                ))
            clauses.append((
                f"tags.x.y {word} \"it's\"",
                lambda r, test=compare[word]: "x.y" in r["t"] and test(r["t"]["x.y"], "it's"),
            ))
        for word, minds in (("LIKE", True), ("ILIKE", False)):
            for pattern in ("r%", "R_d", "%e%", "0._"):
                clauses.append((
                    f"tags.`x.y` {word} '{pattern}'",
                    lambda r, t=like(pattern, minds): "x.y" in r["t"] and t(r["t"]["x.y"]),
                ))
                clauses.append((
                    f"run_name {word} '{pattern}'", lambda r, t=like(pattern, minds): t(r["name"])
                ))
        clauses.append(("tags.x.y IS NULL", lambda r: "x.y" not in r["t"]))
        clauses.append(("params.lr IS NOT NULL", lambda r: "lr" in r["p"]))
        for words, holds in clauses:
            with self.subTest(words, seed=SEED):
                self.assertEqual(self.found(words), self.expected(holds))
        chance = random.Random(SEED + 1)
        for _ in range(40):
            some = chance.sample(clauses, chance.randint(2, 4))
            words = chance.choice([" and ", " AND "]).join(words for words, _ in some)
            with self.subTest(words, seed=SEED):
                self.assertEqual(self.found(words), self.expected(lambda r: all(h(r) for _, h in some)))

    def test_what_is_missing_stands_last_in_every_order(self):
        for direction, sign in (("ASC", 1), ("DESC", -1)):
            with self.subTest(direction, seed=SEED):
                got = self.found("", order_by=[f"metrics.`a b` {direction}"])
                want = sorted(self.runs, key=lambda run: (
                    "a b" not in self.runs[run]["m"],
                    sign * self.runs[run]["m"].get("a b", 0), -self.runs[run]["start"],
                ))
                self.assertEqual(got, want)

    def test_pages_follow_each_other(self):
        found, pages = self.pages(
            lambda **more: self.client.search_runs([self.experiment], order_by=["start_time ASC"], **more),
            max_results=10,
        )
        self.assertEqual([r.info.run_id for r in found], self.expected(lambda r: True)[::-1])
        self.assertEqual(pages, 3)

    def test_what_is_no_filter_is_refused(self):
        for words in [
            "acc > 1", "metrics.a ~ 1", "metrics.a > 'x'", "params.a = 1", "params.a > '1'",
            "metrics.a LIKE '1'", "a.b = 'c'", "metrics.a >", "garbage", "tags.a = 'b' OR tags.c = 'd'",
            "start_time = 'x'", "tags.a = 'b'; DROP TABLE runs", "tags.a = 'b' --", "' OR 1=1 --",
        ]:
            with self.subTest(words):
                self.assertRefused(BAD, "", lambda: self.client.search_runs([self.experiment], words))
        for order in (["attributes.no"], ["metrics.a UP"], ["a.b"], ["start_time", "start_time"]):
            with self.subTest(order):
                self.assertRefused(
                    BAD, "", lambda: self.client.search_runs([self.experiment], order_by=order)
                )
        for limit in (0, 50_001):
            self.assertRefused(
                BAD, "", lambda: self.client.search_runs([self.experiment], max_results=limit)
            )

    def test_names_as_sql_are_names(self):
        bad = "x'; DELETE FROM hawser.runs; --"
        run = self.client.create_run(self.experiment, run_name=bad)
        self.client.set_tag(run.info.run_id, "note", bad)
        hits = self.client.search_runs([self.experiment], f'tags.note = "{bad}"')
        self.assertEqual([r.info.run_id for r in hits], [run.info.run_id])


class RegistrySearchChecks(Case):
    def test_models_and_versions_are_found_by_what_they_are(self):
        names = [self.name(f"m{i}") for i in range(4)]
        for i, name in enumerate(names):
            self.client.create_registered_model(name, tags={"parity": "even" if i % 2 == 0 else "odd"})
            for n in range(3):
                self.client.create_model_version(name, f"s3://bucket/{self.mark}/{n}", tags={"n": str(n)})
        of_mark = f"name LIKE 'm_-{self.mark}'"
        models = lambda words, **more: [m.name for m in self.client.search_registered_models(words, **more)]
        self.assertEqual(models(of_mark), names)
        self.assertEqual(models(f"{of_mark} and tags.parity != 'odd'"), names[::2])
        self.assertEqual(models(f"name IN ('{names[1]}', '{names[3]}')"), names[1::2])
        self.assertEqual(models(of_mark, order_by=["name DESC"]), names[::-1])
        self.client.update_registered_model(names[2], "touched")
        self.assertEqual(models(of_mark, order_by=["last_updated_timestamp DESC"])[0], names[2])
        versions = lambda words, **more: [
            (v.name, int(v.version)) for v in self.client.search_model_versions(words, **more)
        ]
        self.assertEqual(
            sorted(versions(f"source_path LIKE 's3://bucket/{self.mark}/%'")),
            sorted(itertools.product(names, (1, 2, 3))),
        )
        self.assertEqual(versions(f"name = '{names[0]}' and version_number >= 2"), [(names[0], 3), (names[0], 2)])
        self.assertEqual(versions(f"name = '{names[0]}' and tags.n = '1'"), [(names[0], 2)])
        found, pages = self.pages(
            lambda **more: self.client.search_model_versions(f"name = '{names[3]}'", **more), max_results=2
        )
        self.assertEqual(([int(v.version) for v in found], pages), ([3, 2, 1], 2))
        self.client.set_registered_model_alias(names[0], "champion", "2")
        shown = self.client.search_model_versions(f"name = '{names[0]}' and version_number = 2")
        self.assertEqual(list(shown[0].aliases), ["champion"])

    def test_what_is_no_filter_is_refused(self):
        for words in ("no = 'x'", "name = x", "name > 'x'", "name = 3", "name", "timestamp > 3"):
            with self.subTest(words):
                self.assertRefused(BAD, "", lambda: self.client.search_registered_models(words))
        for words in ("version_number = 'a'", "version_number LIKE '1'", "run_id IN ()", "tags.a > 'b'"):
            with self.subTest(words):
                self.assertRefused(BAD, "", lambda: self.client.search_model_versions(words))
