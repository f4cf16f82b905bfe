/// Media types by the ends of names, of what models are made of; all else is bytes.
enum ArtifactType {
    private static let types = [
        "csv": "text/csv", "html": "text/html", "jpeg": "image/jpeg", "jpg": "image/jpeg",
        "json": "application/json", "md": "text/markdown", "mlmodel": "text/plain",
        "onnx": "application/octet-stream", "parquet": "application/vnd.apache.parquet",
        "pdf": "application/pdf", "pkl": "application/octet-stream", "png": "image/png",
        "py": "text/x-python", "svg": "image/svg+xml", "txt": "text/plain",
        "xml": "application/xml", "yaml": "application/yaml", "yml": "application/yaml",
        "zip": "application/zip",
    ]

    static func of(_ name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if name == "MLmodel" { return "text/plain" }
        guard parts.count > 1, let last = parts.last else { return "application/octet-stream" }
        return types[last.lowercased()] ?? "application/octet-stream"
    }
}
