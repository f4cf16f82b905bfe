import ServiceLifecycle

extension ServiceGroupConfiguration.ServiceConfiguration {
    /// A service that logs know by its type alone: by itself the group would log all that is in it,
    /// keys too.
    package static func named(_ service: any Service) -> Self {
        Self(service: service, serviceName: "\(type(of: service))")
    }
}
