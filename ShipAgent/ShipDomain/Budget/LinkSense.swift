import FleetRuntime

/// Finds out which class of link is in use.
package struct LinkSense: Sendable {
    private let plan: LinkPlan
    private let routes: String

    /// - Parameter routes: the kernel's table of IPv4 routes.
    package init(plan: LinkPlan, routes: String = "/proc/net/route") {
        self.plan = plan
        self.routes = routes
    }

    package func look() -> LinkClass {
        let told = plan.classFile.flatMap { try? AtomicFile.readText($0, limit: 4096) }
        let needsRoute = plan.classes.contains { !$0.interfaces.isEmpty }
        return plan.linkClass(
            told: told?.split(whereSeparator: \.isWhitespace).first.map(String.init),
            interface: needsRoute ? defaultInterface() : nil
        )
    }

    /// The interface of the default route with the least metric.
    private func defaultInterface() -> String? {
        guard let table = try? AtomicFile.readText(routes, limit: 1 << 20) else { return nil }
        var best: (name: Substring, metric: Int)?
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(whereSeparator: \.isWhitespace)
            // Interface, destination, gateway, flags, reference count, use, metric, mask.
            guard fields.count >= 8, fields[1] == "00000000", fields[7] == "00000000",
                let metric = Int(fields[6]), metric < best?.metric ?? .max
            else { continue }
            best = (fields[0], metric)
        }
        return best.map { String($0.name) }
    }
}
