/// MLflow keeps prompts among its models, told by a tag. Whoever asks for models means no prompts, unless
/// the filter says so; a model without the tag is none.
enum PromptFilter {
    static let tag = "mlflow.prompt.is_prompt"

    /// The filter's other clauses, and whether prompts are wanted.
    static func split(
        _ filter: String?
    ) throws(RegistryError) -> (clauses: [SearchClause], wantsPrompts: Bool) {
        var others: [SearchClause] = []
        var wantsPrompts = false
        for clause in try SearchParser.clauses(of: filter) {
            guard clause.key == tag, ["tag", "tags"].contains(clause.entity) else {
                others.append(clause)
                continue
            }
            switch clause.test {
            case .compare(.equal, .text("true")): wantsPrompts = true
            case .compare(.equal, .text("false")), .compare(.notEqual, .text("true")): break
            default: others.append(clause)
            }
        }
        return (others, wantsPrompts)
    }

    /// - Parameter wantsPrompts: whether they alone are wanted, or none.
    static func condition(wantsPrompts: Bool) -> String {
        """
        \(wantsPrompts ? "" : "NOT ")EXISTS (
            SELECT FROM hawser.registered_model_tags AS p
            WHERE p.tenant_id = m.tenant_id AND p.registered_model_id = m.registered_model_id
                AND p.key = '\(tag)' AND p.value = 'true'
        )
        """
    }
}
