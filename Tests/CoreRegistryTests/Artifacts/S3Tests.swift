import CoreDomain
import FleetModel
import FleetRuntime
import Testing

@testable import CoreRegistry

/// How this server speaks to an S3-compatible store.
struct S3Tests {
    @Test func `a URL names the bucket, what lies before all keys, and the host`() throws {
        let place = try #require(
            S3Place("s3://fleet/models/a?endpoint=http://127.0.0.1:9000/&region=eu-1")
        )
        #expect(place.bucket == "fleet" && place.prefix == "models/a" && place.region == "eu-1")
        #expect(place.host == "127.0.0.1:9000")
        #expect(place.path("1/x") == "/fleet/models/a/1/x")
        let short = try #require(S3Place("s3://fleet"))
        #expect(short.endpoint == "https://s3.us-east-1.amazonaws.com")
        #expect(short.path("1/x") == "/fleet/1/x")
    }

    @Test(
        arguments: [
            "", "fleet", "http://fleet", "s3://", "s3://ab", "s3://fleet/../x", "s3://fleet/a b",
            "s3://key:secret@fleet/x", "s3://fleet?endpoint=ftp://x", "s3://fleet?endpoint=http://",
            "s3://fleet?secret_key=x", "s3://fleet?region=a&region=b", "s3://fleet?region=a/b",
            "s3://fleet?endpoint=https://key:secret@host", "s3://fleet?endpoint=https://host/path",
        ]
    )
    func `what is no such URL, or holds a secret, is refused`(_ text: String) {
        #expect(S3Place(text) == nil)
    }

    /// Against signatures that botocore made of the same requests.
    @Test(
        arguments: [
            (nil, "504e6e6155672821785048f3c4832007773a08bf2c946ea6767b048e03fa08e5"),
            ("SESSION", "54049bd59f9a827e01673b08085582add77a13dd978ac76e8616226742efdbeb"),
        ]
    )
    func `requests are signed as others sign them`(_ token: String?, _ expected: String) throws {
        let place = try #require(
            S3Place("s3://fleet/models?endpoint=https://s3.example.com:9000&region=eu-central-1")
        )
        let signature = S3Signature(
            place: place,
            credentials: S3Credentials(
                accessKey: "AKIDEXAMPLE",
                secretKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                sessionToken: token.map { Secret($0) }
            )
        )
        let headers = signature.headers(
            method: "PUT",
            path: place.path("1/ab/abcd"),
            query: "partNumber=\(FormText.encoded("3"))&uploadId=\(FormText.encoded("a b/c+d"))",
            digest: "UNSIGNED-PAYLOAD",
            at: try #require(Timestamp(parsing: "2026-11-22T00:01:55Z"))
        )
        let authorization = headers.first { $0.name == "authorization" }?.value
        #expect(authorization?.hasSuffix("Signature=\(expected)") == true, "\(headers)")
        #expect(headers.contains { $0.name == "x-amz-security-token" } == (token != nil))
    }

    @Test func `answers are read element by element`() {
        let text = "<R><Key>a</Key><X><Key>b</Key></X><Key>c</R>"
        #expect(S3Client.tags("Key", in: text) == ["a", "b"])
        #expect(S3Client.tags("None", in: text).isEmpty)
    }
}
