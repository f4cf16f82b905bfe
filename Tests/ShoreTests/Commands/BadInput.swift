import Testing

/// A command line that can't work, and what its one line must say.
struct BadInput: Sendable, CustomTestStringConvertible {
    let program: String
    /// `{dir}` stands for a folder of the test's own, `{port}` for a port that is taken, `{free}`
    /// for one where nobody listens.
    let arguments: [String]
    let says: String
    /// Written to `{dir}/file` first.
    let file: String?

    var testDescription: String { ([program] + arguments).joined(separator: " ") }

    private static func core(_ line: String, says: String, file: String? = nil) -> BadInput {
        BadInput(
            program: "core-server",
            arguments: line.split(separator: " ").map(String.init),
            says: says,
            file: file
        )
    }

    private static func ship(_ line: String, says: String, file: String? = nil) -> BadInput {
        BadInput(
            program: "ship-agent",
            arguments: line.split(separator: " ").map(String.init),
            says: says,
            file: file
        )
    }

    static let core: [BadInput] = [
        core("serve --no-such-flag", says: "--no-such-flag"),
        core("no-such-command", says: "no-such-command"),
        core("serve --listen nonsense", says: "listen"),
        core("serve --listen 127.0.0.1:99999", says: "listen"),
        core("serve --data", says: "data"),
        core("serve --config {dir}/none.yaml", says: "{dir}/none.yaml"),
        core("serve --data {dir}/d --database mysql://x", says: "--database"),
        core("serve --data {dir}/d --log-level loud", says: "--log-level"),
        core("serve --data {dir}/d --log-format xml", says: "--log-format"),
        core(
            "serve --data {dir}/d --database postgresql://nobody:secret@127.0.0.1:{free}/none",
            says: "database"
        ),
        core(
            "migrate --data {dir}/d --database postgresql://nobody:secret@127.0.0.1:{free}/none",
            says: "database"
        ),
        core("serve --data {dir}/d --database postgresql://[", says: "database"),
        core("serve --data /proc/none/d --database postgresql://x", says: "/proc/none"),
        core("serve --data /dev/null/d --database postgresql://x", says: "/dev/null"),
        core("check-config --config {dir}/file", says: "no_such_key", file: "no_such_key: 1\n"),
        core("check-config --config {dir}/file", says: "listen", file: "listen: 12\n"),
        core(
            "check-config --config {dir}/file",
            says: "database",
            file: "database: mysql://user:secret@host\n"
        ),
        core("check-config --config {dir}/file", says: "{dir}/file", file: "data: [unclosed\n"),
        core("check-config --config {dir}/file", says: "{dir}/file", file: "\u{0}\u{1}\u{2}"),
        core("check-config --config {dir}", says: "{dir}"),
        core("tenant create", says: "name"),
        core("token create --tenant a --name b --role king --data {dir}/d", says: "--role"),
        core("token create --tenant a --name b --valid soon --data {dir}/d", says: "--valid"),
        core("ship create a --tenant b --valid -1h --data {dir}/d", says: "valid"),
    ]

    static let ship: [BadInput] = [
        ship("run", says: "--config"),
        ship("run --config {dir}/none.yaml --no-such-flag", says: "--no-such-flag"),
        ship("run --config {dir}/none.yaml", says: "{dir}/none.yaml"),
        ship("run --config {dir}/file", says: "no_such_key", file: "no_such_key: 1\n"),
        ship("run --config {dir}/file", says: "{dir}/file", file: "data: [unclosed\n"),
        ship("run --config {dir}/file", says: "not enrolled", file: "data: {dir}/none\n"),
        ship(
            "check-config --config {dir}/file",
            says: "url",
            file: "targets:\n  - job: a\n    url: ftp://x\n"
        ),
        ship(
            "check-config --config {dir}/file",
            says: "interval",
            file: "targets:\n  - job: a\n    url: http://x\n    interval: 1000h\n"
        ),
        ship(
            "check-config --config {dir}/file",
            says: "job",
            file: "targets:\n  - url: http://x\n"
        ),
        ship("status --data {dir}/none", says: "not enrolled"),
        ship("replay --data {dir}/none --scrapes {dir}/file", says: "{dir}/none", file: "{}"),
        ship("replay --data {dir} --scrapes {dir}/file --segment-seconds 0", says: "segment"),
        ship("enrol --data {dir}/s --server https://127.0.0.1:1", says: "--token-file"),
        ship(
            "enrol --data {dir}/s --server nonsense --token-file {dir}/file",
            says: "nonsense",
            file: "token"
        ),
        ship(
            "enrol --data {dir}/s --server http://127.0.0.1:1 --token-file {dir}/file",
            says: "https",
            file: "token"
        ),
        ship(
            "enrol --data {dir}/s --server https://127.0.0.1:{free} --token-file {dir}/none",
            says: "{dir}/none"
        ),
        ship(
            "enrol --data {dir}/s --server https://127.0.0.1:{free} --token-file {dir}/file",
            says: "can't be reached",
            file: BadInput.token
        ),
        ship(
            "enrol --data {dir}/s --server https://no-such-host.invalid --token-file {dir}/file",
            says: "can't be reached",
            file: BadInput.token
        ),
        ship(
            "enrol --data {dir}/s --server https://127.0.0.1:{port} --token-file {dir}/file",
            says: "127.0.0.1:{port}",
            file: BadInput.token
        ),
        ship(
            "enrol --data /proc/none/s --server https://127.0.0.1:1 --token-file {dir}/file",
            says: "/proc/none",
            file: BadInput.token
        ),
        ship(
            "enrol --data {dir}/s --server https://127.0.0.1:1 --sync nonsense --token-file {dir}/file",
            says: "--sync",
            file: BadInput.token
        ),
    ]

    /// Of the right form.
    private static let token =
        "hwe.1.1.\(String(repeating: "A", count: 43)).\(String(repeating: "ab", count: 32))"
}
