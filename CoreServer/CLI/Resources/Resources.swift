/// What there is, and its fields, as the API names them.
enum Resources {
    enum Ships: Resource {
        static let plural = "ships"
        static let singular = "ship"
        static let about = "Ships: labels, class, owner, bearers; enrolment and revocation."
        static let key = "name"
        static let columns = [
            ("name", "ship"), ("class", "class"), ("owner", "owner"), ("labels", "labels"),
            ("last_contact_at", "last contact"), ("revoked_at", "revoked"),
        ].map { (member: $0.0, heading: $0.1) }
        static let fields =
            [("name", "1 to 63 of a-z, 0-9 and hyphens")].map {
                (name: $0.0, meaning: $0.1)
            } + changeableFields
        static let changeableFields = [
            ("labels", "{\"region\": \"north\"}"), ("class", "what kind of ship it is"),
            ("owner", "whose it is"),
            (
                "bearers",
                "[{\"name\": \"vsat\", \"rate_bits\": 512000, \"price_micros_per_mb\": 4000000, "
                    + "\"currency\": \"USD\"}]"
            ),
        ].map { (name: $0.0, meaning: $0.1) }
        static let canBeDeleted = false
    }

    enum Fleets: Resource {
        static let plural = "fleets"
        static let singular = "fleet"
        static let about = "Fleets: ships chosen by their labels."
        static let key = "name"
        static let columns = [
            ("name", "fleet"), ("description", "description"), ("selector", "selector"),
        ].map { (member: $0.0, heading: $0.1) }
        static let fields =
            [("name", "1 to 63 of a-z, 0-9 and hyphens")].map {
                (name: $0.0, meaning: $0.1)
            } + changeableFields
        static let changeableFields = [
            ("selector", "{\"class\": [\"tanker\"], \"region\": [\"north\", \"baltic\"]}"),
            ("description", "for people"),
        ].map { (name: $0.0, meaning: $0.1) }
    }

    enum Users: Resource {
        static let plural = "users"
        static let singular = "user"
        static let about = "People and service accounts."
        static let key = "name"
        static let columns = [
            ("name", "user"), ("kind", "kind"), ("display_name", "name"), ("email", "email"),
            ("disabled_at", "disabled"),
        ].map { (member: $0.0, heading: $0.1) }
        static let fields =
            [
                ("name", "what they sign in as"), ("kind", "person, or service"),
            ].map { (name: $0.0, meaning: $0.1) }
            + [
                ("display_name", "for people"), ("email", "where to reach them"),
            ].map { (name: $0.0, meaning: $0.1) }
        static let changeableFields = [
            ("display_name", "for people"), ("email", "where to reach them"),
            ("disabled", "true ends all their tokens and sessions"),
        ].map { (name: $0.0, meaning: $0.1) }
    }

    enum Bindings: Resource {
        static let plural = "bindings"
        static let singular = "binding"
        static let about = "Who has which role over what, and until when."
        static let key = "id"
        static let columns = [
            ("id", "id"), ("user", "user"), ("role", "role"), ("fleet", "fleet"), ("ship", "ship"),
            ("valid_until", "until"), ("granted_by", "granted by"), ("reason", "reason"),
        ].map { (member: $0.0, heading: $0.1) }
        static let fields = [
            ("user", "the user's name"), ("role", "viewer, operator or admin"),
            ("fleet", "over a fleet only"), ("ship", "over one ship only"),
            ("valid_from", "RFC 3339; now where it is not given"),
            ("valid_until", "RFC 3339; without end where it is not given"),
            ("reason", "why it was given"),
        ].map { (name: $0.0, meaning: $0.1) }
        static let changeableFields = [
            ("valid_until", "RFC 3339, or null"), ("reason", "why it was given"),
        ].map { (name: $0.0, meaning: $0.1) }
    }

    enum Tokens: Resource {
        static let plural = "tokens"
        static let singular = "token"
        static let about = "API tokens: shown once, when they are made."
        static let key = "id"
        static let columns = [
            ("id", "id"), ("user", "user"), ("name", "name"), ("scopes", "scopes"),
            ("expires_at", "expires"), ("last_used_at", "last used"),
        ].map { (member: $0.0, heading: $0.1) }
        static let fields = [
            ("user", "whose it is; your own where it is not given"), ("name", "what it is for"),
            ("scopes", "[\"reports.read\"]; all that its owner may do where it is not given"),
            ("expires_at", "RFC 3339; in 90 days where it is not given, 366 at most"),
        ].map { (name: $0.0, meaning: $0.1) }
        static let changeableFields: [(name: String, meaning: String)] = []
        static let secret: String? = "token"
    }

    enum Tenants: Resource {
        static let plural = "tenants"
        static let singular = "tenant"
        static let about = "Companies on this shore, for operators of the installation."
        static let key = "name"
        static let columns = [
            ("name", "tenant"), ("display_name", "name"), ("created_at", "created"),
        ].map { (member: $0.0, heading: $0.1) }
        static let fields = [
            ("name", "1 to 63 of a-z, 0-9 and hyphens"), ("display_name", "for people"),
        ].map { (name: $0.0, meaning: $0.1) }
        static let changeableFields = [("display_name", "for people")].map {
            (name: $0.0, meaning: $0.1)
        }
    }
}
