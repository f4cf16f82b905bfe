import CoreDomain
import HTTPTypes

extension Endpoint {
    /// One of MLflow's calls. What it takes and answers is in MLflow's own documents.
    static func mlflow(
        _ operation: String,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ permission: Permission,
        root: Root = .mlflow,
        changesSomething: Bool? = nil,
        bodyLimit: Int = 1_000_000
    ) -> Endpoint {
        var endpoint = Endpoint(
            operation: operation,
            method: method,
            path: path,
            access: .tenant(permission),
            tag: "mlflow",
            summary: operation,
            answers: []
        )
        endpoint.root = root
        endpoint.changesSomething = changesSomething ?? (method != .get)
        endpoint.bodyLimit = bodyLimit
        return endpoint
    }
}
