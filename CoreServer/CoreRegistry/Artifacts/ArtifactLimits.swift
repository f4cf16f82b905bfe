/// What artifacts are bounded by.
package enum ArtifactLimits {
    /// Of one file: what ten thousand parts of 64 MiB hold in an S3-compatible store.
    package static let fileBytes: Int64 = 640_000 * 1024 * 1024
    /// In one answer. A directory that has more is listed by its subdirectories.
    package static let entries = 100_000
    /// Of an upload in parts.
    package static let parts = 10_000
    /// Files that go up or down at once: 0.6 MB each at most.
    package static let transfers = 128
    package static let transfersPerTenant = 64
    /// Uploads in parts that a tenant has begun and not ended.
    package static let unfinishedUploads: Int64 = 1000
    /// How long the registry lets what nobody needs lie, so that who was on the way to it finds it.
    package static let grace = Duration.seconds(3600)
    /// What is stored must be entered within this: a file in no row is garbage after the grace.
    package static let entering = Duration.seconds(1200)
    /// An upload in parts that is not ended within this is dropped.
    package static let uploadLife = Duration.seconds(24 * 3600)
    /// What was uploaded for a bundle becomes a version's within this, or goes.
    package static let bundleUploadLife = Duration.seconds(7 * 24 * 3600)
    /// Until a signed URL ends. Clients ask for another one when it does.
    package static let signatureLife = Duration.seconds(900)
    /// Of an upload in parts: its parts come one after the other over a slow line.
    package static let partSignatureLife = Duration.seconds(4 * 3600)
    /// Whole content is read again after this.
    package static let scrubEvery = Duration.seconds(30 * 24 * 3600)
    /// What one run of the scrub reads, so that others have the disk too.
    package static let scrubBytes: Int64 = 512 * 1024 * 1024
}
