import FleetTestSupport
import Foundation
import Testing

/// A request that changes something, for each operation that can: what must be there before, and what is
/// asked. The things are new for each, so that no request is in another's way.
struct ChangingRequest: Sendable {
    /// Who may do it.
    enum Caller: Sendable {
        case admin
        /// An operator of the installation, for the tenant.
        case system
        /// Somebody with a password.
        case person
    }

    var caller = Caller.admin
    /// `NAME` stands for a name that nothing has, `MODEL` for a registered model's with a version,
    /// `UPLOAD` for a folder with a file.
    var body: String?
    var type = "application/json"
    /// What the audit must call it.
    let action: String
    /// What comes of it, where that is an entry of its own.
    var consequence: String?

    /// By operation. A change that has none here, and is no exception, fails the test.
    static let all: [String: ChangingRequest] = [
        "changeBinding": Self(body: #"{"reason": "why not"}"#, action: "binding.update"),
        "changeFleet": Self(body: #"{"description": "new"}"#, action: "fleet.update"),
        "changePassword": Self(
            caller: .person,
            body: """
                {"present_password": "\(password)", "password": "quite another one"}
                """,
            action: "user.password"
        ),
        "changeShip": Self(body: #"{"owner": "somebody else"}"#, action: "ship.update"),
        "changeTenant": Self(
            caller: .system,
            body: #"{"display_name": "New"}"#,
            action: "tenant.update"
        ),
        "changeUser": Self(body: #"{"display_name": "New"}"#, action: "user.update"),
        "createBinding": Self(
            body: #"{"user": "friend", "role": "viewer"}"#,
            action: "binding.create"
        ),
        "createEnrolmentToken": Self(body: "{}", action: "ship.enrolment_token"),
        "createFleet": Self(
            body: #"{"name": "NAME", "selector": {"class": ["tanker"]}}"#,
            action: "fleet.create"
        ),
        "createShip": Self(body: #"{"name": "NAME"}"#, action: "ship.create"),
        "createTenant": Self(
            caller: .system,
            body: #"{"name": "NAME"}"#,
            action: "tenant.create"
        ),
        "createToken": Self(body: #"{"user": "friend", "name": "NAME"}"#, action: "token.create"),
        "createUser": Self(body: #"{"name": "NAME"}"#, action: "user.create"),
        "createWant": Self(body: want, action: "want.create"),
        "deleteBinding": Self(action: "binding.delete"),
        "deleteFleet": Self(action: "fleet.delete"),
        "deleteTenant": Self(
            caller: .system,
            action: "tenant.delete",
            consequence: "tenant.erase"
        ),
        "deleteUser": Self(action: "user.delete"),
        "putLabelPolicy": Self(body: #"{"label_limit": 12}"#, action: "label_policy.update"),
        "putQuotas": Self(caller: .system, body: #"{"ships": 1000}"#, action: "quota.update"),
        "putRetention": Self(
            body: """
                {"raw_days": 10, "five_minute_days": 20, "hour_days": 30, "log_days": 5,
                 "record_days": 500}
                """,
            action: "retention.update"
        ),
        "revokeShip": Self(action: "ship.revoke"),
        "revokeToken": Self(action: "token.revoke"),
        "rotateKeys": Self(body: "{}", action: "key.rotate"),
        "setPassword": Self(
            body: #"{"password": "\#(password)"}"#,
            action: "user.password"
        ),
        "withdrawWant": Self(action: "want.withdraw"),
        "createGate": Self(body: #"{"name": "NAME", "target": "champion"}"#, action: "gate.create"),
        "putGate": Self(
            body: #"{"target": "challenger", "approvals": 1}"#,
            action: "gate.update"
        ),
        "deleteGate": Self(action: "gate.delete"),
        "requestPromotion": Self(
            body: #"{"model": "MODEL", "version": 1, "target": "canary"}"#,
            action: "promotion.create",
            consequence: "alias.set"
        ),
        "approvePromotion": Self(
            body: "{}",
            action: "alias.set",
            consequence: "promotion.update"
        ),
        "rejectPromotion": Self(body: "{}", action: "promotion.update"),
        "createBundle": Self(
            body: #"{"name": "NAME"}"#,
            action: "model.create",
            consequence: "bundle.create"
        ),
        "patchBundle": Self(body: #"{"description": "new"}"#, action: "bundle.update"),
        "createBundleVersion": Self(
            body: #"{"source": "mlflow-artifacts:/bundles/UPLOAD"}"#,
            action: "version.create"
        ),
        "uploadBundleVersion": Self(
            body: TarText.of([.init("a.txt", "bytes")]),
            type: "application/x-tar",
            action: "version.create"
        ),
        // Not active, since its address is somebody's.
        "createWebhook": Self(
            body: """
                {"name": "NAME", "url": "https://1.1.1.1/hook", "events": ["gate.failed"],
                 "active": false}
                """,
            action: "webhook.create"
        ),
        "patchWebhook": Self(body: #"{"description": "new"}"#, action: "webhook.update"),
        "deleteWebhook": Self(action: "webhook.delete"),
        "retryWebhookDelivery": Self(action: "webhook.retry"),
        "withdrawPromotion": Self(body: "{}", action: "promotion.update"),
        "planDeployment": Self(body: deployment("NAME"), action: "deployment.create"),
        "changeDeployment": Self(body: deployment("SELF"), action: "deployment.update"),
        "approveDeployment": Self(
            body: #"{"plan_digest": "DIGEST"}"#,
            action: "deployment.approve"
        ),
        "denyDeployment": Self(body: #"{"plan_digest": "DIGEST"}"#, action: "deployment.deny"),
        "startDeployment": Self(body: "{}", action: "deployment.start"),
        "pauseDeployment": Self(body: "{}", action: "deployment.pause"),
        "resumeDeployment": Self(body: "{}", action: "deployment.resume"),
        "abortDeployment": Self(body: "{}", action: "deployment.abort"),
        "rollBackDeployment": Self(body: "{}", action: "deployment.rollback"),
        "retryDeployment": Self(body: "{}", action: "deployment.retry"),
        "createRevocation": Self(
            body: #"{"model": "BUNDLE", "model_version": 1}"#,
            action: "revocation.create"
        ),
        "createFreeze": Self(
            body: """
                {"name": "NAME", "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
                """,
            action: "freeze.create"
        ),
        "deleteFreeze": Self(action: "freeze.delete"),
        "putDeployPolicy": Self(
            body: #"{"kind": "ship_bytes", "amount": 1000000000}"#,
            action: "deploy_policy.update"
        ),
        "deleteDeployPolicy": Self(action: "deploy_policy.delete"),
    ]

    /// `BUNDLE` stands for a bundle with a version, `SHIP` for a ship.
    static func deployment(_ name: String, approvals: Int = 0) -> String {
        """
        {"name": "\(name)", "slot": "s-BUNDLE", "model": "BUNDLE", "model_version": 1,
         "targets": {"ships": ["SHIP"]}, "waves": [{"name": "all"}], "approvals": \(approvals)}
        """
    }

    /// Not GET, and yet nobody's change, each with its reason.
    static let exceptions = [
        "remoteRead": "it reads",
        "testWebhook": "it sends an example, and changes nothing",
        "enrolShip": "a ship does it, with a token whose making is in the audit",
    ]

    static let password = "a long enough one"
    static let want = """
        {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "max_bytes": 1000}
        """
}
