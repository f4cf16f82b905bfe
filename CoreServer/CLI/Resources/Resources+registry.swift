/// What the registry has beside MLflow's own commands.
extension Resources {
    enum Gates: Resource {
        static let plural = "gates"
        static let singular = "gate"
        static let about = "Gates before aliases: what a version must show to come under one."
        static let columns = [
            Column("name", "gate"), Column("model", "model"), Column("target", "target"),
            Column("approvals", "approvals"), Column("approvers", "by"), Column("rules", "rules"),
        ]
        static let fields = [Field("name", "1 to 63 of a-z, 0-9 and hyphens")] + changeableFields
        static let changeableFields = [
            Field("model", "a registered model's name; * is all"),
            Field("target", "an alias, or stage:Production"),
            Field(
                "rules",
                #"{"metrics": [{"metric": "rmse", "comparison": "<=", "value": 0.3}]}"#
            ), Field("approvals", "by people other than who asks, 0 to 5"),
            Field(
                "approvers",
                "whose approvals count: other_role (than that of who asks), others, reviewer or admin"
            ),
        ]
        static let isGivenWhole = true
    }

    enum Models: Resource {
        static let plural = "models"
        static let singular = "model"
        static let about = "Registered models and bundles: aliases, stages, tags."
        static let columns = [
            Column("name", "model"), Column("kind", "kind"), Column("last_version", "versions"),
            Column("aliases", "aliases"), Column("stages", "stages"),
            Column("updated_at", "changed"),
        ]
        /// By MLflow's clients.
        static let fields: [Field] = []
        static let changeableFields: [Field] = []
        static let canBeDeleted = false
        static let filters = [
            Field("prefix", "names that begin with it"), Field("kind", "model, bundle or prompt"),
            Field("alias", "that have it"),
        ]
    }

    enum Bundles: Resource {
        static let plural = "bundles"
        static let singular = "bundle"
        static let about =
            "Bundles: trees of files with versions, aliases and gates as models have."
        static let columns = [
            Column("name", "bundle"), Column("versions", "versions"),
            Column("schema_files", "checked"), Column("description", "description"),
        ]
        static let fields =
            [Field("name", "any text without / and :")] + changeableFields
        static let changeableFields = [
            Field("description", "for people"),
            Field("schema", #"JSON Schema: schema="$(cat schema.json)"; null for none"#),
            Field(
                "schema_files",
                "which files it is for: *.json, conf/*.yaml; * is any characters"
            ),
        ]
        static let canBeDeleted = false
    }

    enum Webhooks: Resource {
        static let plural = "webhooks"
        static let singular = "webhook"
        static let about = "Webhooks: servers that are told of what happens to models."
        static let columns = [
            Column("id", "id"), Column("name", "webhook"), Column("url", "url"),
            Column("events", "events"), Column("active", "active"), Column("signed", "signed"),
            Column("failures", "failures"),
        ]
        static let fields = changeableFields
        static let changeableFields = [
            Field("name", "letters, digits, dots, underscores and hyphens"),
            Field("url", "https://hooks.example.com/models"),
            Field("events", #"["model_version.created", "gate.failed"]"#),
            Field("description", "for people"), Field("secret", "what deliveries are signed with"),
            Field("active", "false to tell it of nothing"),
        ]
    }

    enum Promotions: Resource {
        static let plural = "promotions"
        static let singular = "promotion"
        static let about = "Requests to bring versions under aliases."
        static let columns = [
            Column("id", "id"), Column("model", "model"), Column("model_version", "version"),
            Column("target", "target"), Column("state", "state"),
            Column("requested_by", "requested by"), Column("created_at", "at"),
        ]
        static let fields = [
            Field("model", "the registered model's name"), Field("version", "its number"),
            Field("target", "the alias, such as champion"),
            Field("evidence", #"{"shadow": ["RUN_ID"]}"#), Field("reason", "why"),
        ]
        static let changeableFields: [Field] = []
        static let canBeDeleted = false
        static let filters = [
            Field("model", "a model's alone"),
            Field("state", "waiting, applied, refused, rejected, withdrawn or expired"),
        ]
    }
}
