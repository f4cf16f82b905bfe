import FleetModel

/// What may go over which link when, as configured.
package struct LinkPlan: Sendable, Equatable {
    /// At least one.
    package let classes: [LinkClass]
    /// The class that holds where nothing tells another.
    package let defaultClass: String
    /// A file whose first word is the name of the class that is in use; what a modem's integration
    /// writes.
    package let classFile: String?
    package let windows: [DailyWindow]

    package init(
        classes: [LinkClass] = [.unlimited],
        defaultClass: String = LinkClass.unlimited.name,
        classFile: String? = nil,
        windows: [DailyWindow] = []
    ) {
        self.classes = classes.isEmpty ? [.unlimited] : classes
        self.defaultClass = defaultClass
        self.classFile = classFile
        self.windows = windows
    }

    package static let unlimited = LinkPlan()

    package func linkClass(named name: String) -> LinkClass? {
        classes.first { $0.name == name }
    }

    /// The class that holds now.
    ///
    /// - Parameters:
    ///   - told: what `classFile` says, if it could be read.
    ///   - interface: where the default route goes.
    package func linkClass(told: String?, interface: String?) -> LinkClass {
        if let told, let known = linkClass(named: told) { return known }
        if let interface, let known = classes.first(where: { $0.interfaces.contains(interface) }) {
            return known
        }
        return linkClass(named: defaultClass) ?? classes.first ?? .unlimited
    }
}
