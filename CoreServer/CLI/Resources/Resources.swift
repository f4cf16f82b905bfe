/// What there is, and its fields, as the API names them.
enum Resources {
    private static let slug = Field("name", "1 to 63 of a-z, 0-9 and hyphens")

    enum Ships: Resource {
        static let plural = "ships"
        static let singular = "ship"
        static let about = "Ships: labels, class, owner, bearers; enrolment and revocation."
        static let columns = [
            Column("name", "ship"), Column("class", "class"), Column("owner", "owner"),
            Column("labels", "labels"), Column("last_contact_at", "last contact"),
            Column("revoked_at", "revoked"),
        ]
        static let fields = [slug] + changeableFields
        static let changeableFields = [
            Field("labels", #"{"region": "north"}"#), Field("class", "what kind of ship it is"),
            Field("owner", "whose it is"),
            Field(
                "bearers",
                #"[{"name": "vsat", "rate_bits": 512000, "price_micros_per_mb": 4000000, "#
                    + #""currency": "USD"}]"#
            ),
        ]
        static let canBeDeleted = false
    }

    enum Fleets: Resource {
        static let plural = "fleets"
        static let singular = "fleet"
        static let about = "Fleets: ships chosen by their labels."
        static let columns = [
            Column("name", "fleet"), Column("description", "description"),
            Column("selector", "selector"),
        ]
        static let fields = [slug] + changeableFields
        static let changeableFields = [
            Field("selector", #"{"class": ["tanker"], "region": ["north", "baltic"]}"#),
            Field("description", "for people"),
        ]
    }

    enum Users: Resource {
        static let plural = "users"
        static let singular = "user"
        static let about = "People and service accounts."
        static let columns = [
            Column("name", "user"), Column("kind", "kind"), Column("display_name", "name"),
            Column("email", "email"), Column("disabled_at", "disabled"),
        ]
        static let fields =
            [Field("name", "what they sign in as"), Field("kind", "person, or service")] + details
        static let changeableFields =
            details + [Field("disabled", "true ends all their tokens and sessions")]
        private static let details = [
            Field("display_name", "for people"), Field("email", "where to reach them"),
        ]
    }

    enum Bindings: Resource {
        static let plural = "bindings"
        static let singular = "binding"
        static let about = "Who has which role over what, and until when."
        static let columns = [
            Column("id", "id"), Column("user", "user"), Column("role", "role"),
            Column("fleet", "fleet"), Column("ship", "ship"), Column("valid_until", "until"),
            Column("granted_by", "granted by"), Column("reason", "reason"),
        ]
        static let fields = [
            Field("user", "the user's name"), Field("role", "viewer, operator, reviewer or admin"),
            Field("fleet", "over a fleet only"), Field("ship", "over one ship only"),
            Field("valid_from", "RFC 3339; now where it is not given"),
            Field("valid_until", "RFC 3339; without end where it is not given"),
            Field("reason", "why it was given"),
        ]
        static let changeableFields = [
            Field("role", "viewer, operator, reviewer or admin"),
            Field("valid_until", "RFC 3339, or null"),
            Field("reason", "why it was given"),
        ]
    }

    enum Tokens: Resource {
        static let plural = "tokens"
        static let singular = "token"
        static let about = "API tokens: shown once, when they are made."
        static let columns = [
            Column("id", "id"), Column("user", "user"), Column("name", "name"),
            Column("scopes", "scopes"), Column("expires_at", "expires"),
            Column("last_used_at", "last used"),
        ]
        static let fields = [
            Field("user", "whose it is; your own where it is not given"),
            Field("name", "what it is for"),
            Field("scopes", #"["reports.read"]; all that its owner may do where it is not given"#),
            Field("expires_at", "RFC 3339; in 90 days where it is not given, 366 at most"),
        ]
        static let changeableFields: [Field] = []
        static let secret: String? = "token"
    }

    enum Tenants: Resource {
        static let plural = "tenants"
        static let singular = "tenant"
        static let about = "Companies on this shore, for operators of the installation."
        static let columns = [
            Column("name", "tenant"), Column("display_name", "name"),
            Column("created_at", "created"),
        ]
        static let fields = [slug] + changeableFields
        static let changeableFields = [Field("display_name", "for people")]
        /// By a command of its own, which asks.
        static let canBeDeleted = false
    }
}
