import Glibc

/// Standard output without the buffer that a pipe would give it: scripts wait for lines.
enum StandardOutput {
    static func writeLine(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        // A reader that is gone is no reason to stop.
        _ = write(1, bytes, bytes.count)
    }
}
