import CoreDomain
import CoreRegistry
import FleetIdentity
import FleetModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers with an artifact's bytes, or a part of them.
enum ArtifactAnswer {
    static func of(
        _ download: ArtifactDownload,
        named name: String,
        to request: Request,
        _ context: APIContext,
        _ tenant: TenantID,
        _ artifacts: Artifacts
    ) async throws -> Response {
        let artifact = download.artifact
        let tag = "\"\(Hexadecimal.text(artifact.digest))\""
        var headers: HTTPFields = [
            .contentType: ArtifactType.of(name), .eTag: tag,
            .lastModified: httpDate(artifact.updatedAt), .acceptRanges: "bytes",
            .contentDisposition: disposition(name), .cacheControl: "private, no-cache",
        ]
        if isUnchanged(request, tag) { return Response(status: .notModified, headers: headers) }
        var range = ByteRange.whole(artifact.size)
        // A part of what the client does not have the beginning of would be of no use to it.
        let isSame = request.headers[.ifRange].map { $0 == tag } ?? true
        if isSame, let text = request.headers[.range] {
            switch ByteRange.parse(text, size: artifact.size) {
            case .all: break
            case .none:
                headers[.contentRange] = "bytes */\(artifact.size)"
                return Response(status: .rangeNotSatisfiable, headers: headers)
            case .part(let part): range = part
            }
        }
        let isPart = range != .whole(artifact.size)
        if isPart {
            headers[.contentRange] = "bytes \(range.from)-\(range.to - 1)/\(artifact.size)"
        }
        // What is damaged at its beginning is told by the answer, what is damaged further on by its
        // end before its length.
        let first =
            request.method == .head
            ? [] : try await artifacts.read(download, from: range.from, to: range.to, of: tenant)
        let (start, end, eventLoop) = (range.from, range.to, context.eventLoop)
        let body = ResponseBody(contentLength: Int(end - start)) { writer in
            var part = first
            var offset = start
            while true {
                for piece in ByteBuffer(bytes: part).parts { try await writer.write(piece) }
                try await eventLoop.turn()
                offset += Int64(part.count)
                guard offset < end else { break }
                part = try await artifacts.read(download, from: offset, to: end, of: tenant)
            }
            try await writer.finish(nil)
        }
        return Response(
            status: isPart ? .partialContent : .ok,
            headers: headers,
            body: body
        )
    }

    private static func isUnchanged(_ request: Request, _ tag: String) -> Bool {
        request.headers[values: .ifNoneMatch].contains { field in
            field.split(separator: ",").contains { part in
                let part = part.drop { $0 == " " }
                return part == "*" || part == tag || part == "W/\(tag)"
            }
        }
    }

    /// To be kept as a file, never to be shown as a page; names beyond ASCII as RFC 5987 has them.
    static func disposition(_ name: String) -> String {
        let plain = String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    scalar.isASCII && scalar != "\"" && scalar != "\\" && scalar != "%"
                        && scalar.value >= 0x20 && scalar.value != 0x7F
                        ? scalar : "_"
                }
            )
        )
        guard plain != name else { return "attachment; filename=\"\(name)\"" }
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(FormText.encoded(name))"
    }

    /// RFC 9110, section 5.6.7.
    static func httpDate(_ moment: Timestamp) -> String {
        let seconds = moment.milliseconds / 1000
        let (days, second) = (seconds / 86_400, seconds % 86_400)
        let date = CivilDate.of(dayNumber: days)
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(days % 7)]
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][Int(date.month) - 1]
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = [second / 3600, second / 60 % 60, second % 60].map(two).joined(separator: ":")
        return "\(weekday), \(two(date.day)) \(month) \(date.year) \(time) GMT"
    }
}
