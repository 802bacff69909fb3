package import ConfigurationFile
package import Events

/// An application that may use the gateway.
package struct Client: Sendable, Equatable {
    package let name: ClientName
    package let tenant: TenantID
    /// Its keys in `routes.json`, in the order of the file. There may be others in the data folder.
    package let keys: [ClientKey]
    package let scopes: Set<Scope>
    /// What it may send.
    package let allowance: Allowance
    /// How much it may send.
    package let limits: ClientLimits
    /// Which timestamps its events may have.
    package let timestamps: TimestampWindow
    /// Which calls to vendors' own APIs it may pass through the gateway.
    package let pass: PassRules

    package init(
        name: ClientName,
        tenant: TenantID,
        keys: [ClientKey] = [],
        scopes: Set<Scope>,
        allowance: Allowance = Allowance(),
        limits: ClientLimits = ClientLimits(),
        timestamps: TimestampWindow = .standard,
        pass: PassRules = PassRules()
    ) {
        self.name = name
        self.tenant = tenant
        self.keys = keys
        self.scopes = scopes
        self.allowance = allowance
        self.limits = limits
        self.timestamps = timestamps
        self.pass = pass
    }

    /// The same client with the scope `admin` as well.
    package var asAdministrator: Client {
        Client(
            name: name,
            tenant: tenant,
            keys: keys,
            scopes: scopes.union([.admin]),
            allowance: allowance,
            limits: limits,
            timestamps: timestamps,
            pass: pass
        )
    }

    /// Whether the client has a scope, directly or through `admin`.
    package func may(_ scope: Scope) -> Bool {
        scopes.contains(scope) || scopes.contains(.admin)
    }
}

/// What a client may do.
package enum Scope: String, Sendable, CaseIterable {
    case writeEvents = "events:write"
    case readEvents = "events:read"
    case manageDeliveries = "deliveries:manage"
    /// Plan routes, fill a vendor with recorded events, and compare vendors.
    case manageMigrations = "migrations:manage"
    /// Pass GET and HEAD requests through to a vendor's own API.
    case readVendor = "vendor:read"
    /// Pass requests with any other method through to a vendor's own API.
    case writeVendor = "vendor:write"
    /// Sign in to the dashboard, whose pages show what the other scopes allow.
    case dashboard
    case admin
}

/// Which events a client may send.
package struct Allowance: Sendable, Equatable {
    /// The routes that may take its events; empty: all.
    package let routes: Set<RouteName>
    /// The names that its events may have; empty: all.
    package let names: [Glob]

    package init(routes: Set<RouteName> = [], names: [Glob] = []) {
        self.routes = routes
        self.names = names
    }

    /// Whether an event may have this name.
    package func allows(name: String) -> Bool {
        names.isEmpty || names.contains { $0.matches(name) }
    }

    /// Whether this route may take an event; nil stands for a plan without a route.
    package func allows(route: @autoclosure () -> RouteName?) -> Bool {
        routes.isEmpty || route().map(routes.contains) ?? false
    }
}

/// A client's rate limits; nil: no limit of its own.
package struct ClientLimits: Sendable, Equatable {
    package let requests: RateLimit?
    package let events: RateLimit?

    package init(requests: RateLimit? = nil, events: RateLimit? = nil) {
        self.requests = requests
        self.events = events
    }
}
