package import Access
package import ConfigurationFile
package import Events
import JSON

/// Reads `routes.json`, or reports everything that is wrong with it.
package struct RoutesReader: Sendable {
    private let vendors: [any Adapter]

    private let allowsInlineSecrets: Bool
    private let isServed: PassReader.ServedPaths
    /// Keys whose clients have the scope `admin` without the file saying so.
    package var administrators: Set<KeyDigest> = []
    /// The content of a file in the folder of `routes.json`, by its name; nil if it cannot be read.
    package var neighbour: @Sendable (_ name: String) -> [UInt8]? = { _ in nil }
    /// Maximum size of such a file.
    package static let mostNeighbourBytes = AnchorsReader.mostBytes

    /// - Parameters:
    ///   - vendors: the available adapters.
    ///   - allowsInlineSecrets: whether a vendor's key may be in the file.
    ///   - isServed: whether the gateway itself serves a path of a vendor's API.
    package init(
        vendors: [any Adapter],
        allowsInlineSecrets: Bool = false,
        isServed: @escaping PassReader.ServedPaths = { _, _ in false }
    ) {
        self.vendors = vendors
        self.isServed = isServed
        self.allowsInlineSecrets = allowsInlineSecrets
    }

    /// The content of a valid file, with warnings.
    package struct Contents: Sendable {
        package let routes: Routes
        package let warnings: [ConfigurationFault]
        /// Each provider's position in the file; for a tenant's own account, the position of its credential.
        let positions: [ProviderName: JSONPosition]
    }

    /// - Throws: ``FaultyConfiguration`` with all faults, in the order of the file.
    package func read(_ bytes: [UInt8]) throws(FaultyConfiguration) -> Contents {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw FaultyConfiguration(error)
        }
        var file = RoutesFileReader(vendors: vendors, allowsInlineSecrets: allowsInlineSecrets, isServed: isServed)
        file.administrators = administrators
        file.neighbour = neighbour
        let routes = file.read(document.root)
        var faults = file.faults.sorted { $0.position < $1.position }
        if file.omittedErrors > 0, let last = faults.last {
            faults.append(
                ConfigurationFault(
                    severity: .error,
                    position: last.position,
                    message: "and \(file.omittedErrors) more errors"
                )
            )
        }
        guard let routes, !faults.contains(where: { $0.severity == .error }) else {
            throw FaultyConfiguration(faults: faults)
        }
        return Contents(routes: routes, warnings: faults, positions: file.positions)
    }
}

/// One pass over a file.
private struct RoutesFileReader {
    private let adapters: [any Adapter]
    private let vendors: [VendorTraits]
    private let isServed: PassReader.ServedPaths
    private var fields = FieldReader()
    private(set) var positions: [ProviderName: JSONPosition] = [:]
    var administrators: Set<KeyDigest> = []
    var neighbour: @Sendable (String) -> [UInt8]? = { _ in nil }

    init(vendors: [any Adapter], allowsInlineSecrets: Bool, isServed: @escaping PassReader.ServedPaths) {
        adapters = vendors
        self.isServed = isServed
        self.vendors = vendors.map(\.traits)
        fields.allowsInlineSecrets = allowsInlineSecrets
    }

    var faults: [ConfigurationFault] { fields.faults }
    var omittedErrors: Int { fields.omittedErrors }

    mutating func read(_ root: JSONValue) -> Routes? {
        guard root.kind == .object else {
            fields.fault(root, "routes.json must be an object, found \(root.kind.phrase)")
            return nil
        }
        let members = fields.members(of: root, RoutesFields.file(vendors), in: "routes.json")
        var providerReader = ProviderReader(adapters: adapters)
        providerReader.read(members["providers"], &fields)
        let providers = providerReader.providers
        positions = providerReader.positions
        var clientReader = ClientReader()
        let clients = readClients(members["clients"], providerReader, &clientReader)
        var routeReader = RouteReader(vendors: vendors, providers: providerReader, clients: clientReader)
        let routes = readRoutes(members["routes"], &routeReader, clientReader)
        let migrations = MigrationReader(
            providers: providers,
            routes: routes,
            written: routeReader.written,
            neighbour: neighbour
        ).read(members["migrations"], &fields)
        let accounts = TenantAccounts.accounts(of: clientReader.credentials, at: providers, &fields, &positions)
        let whole = Routes(
            providers: providers + accounts,
            routes: routes,
            clients: clients,
            notifications: NotificationReader.read(members["notifications"], &fields),
            migrations: migrations
        )
        PassCheck.check(whole, clientReader.passes, &fields)
        for provider in providers {
            guard let value = providerReader.canaries[provider.name], let fault = whole.canaryFault(at: provider) else {
                continue
            }
            fields.fault(value, "\"canary\" cannot be sent to \(provider.traits.vendor): \(fault.message)")
        }
        return whole
    }

    private mutating func readClients(
        _ list: JSONValue?,
        _ providers: ProviderReader,
        _ reader: inout ClientReader
    ) -> [Client] {
        let passReader = PassReader(
            vendors: vendors,
            providers: providers.providers.map { (name: $0.name, traits: $0.traits) },
            isServed: isServed
        )
        return list.objects.compactMap { reader.read($0, providers.names, passReader, &fields) }
            .map { $0.keys.contains { administrators.contains($0.digest) } ? $0.asAdministrator : $0 }
    }

    private mutating func readRoutes(
        _ list: JSONValue?,
        _ reader: inout RouteReader,
        _ clients: ClientReader
    ) -> [Route] {
        let values = list.objects
        let routes = values.map { reader.read($0, &fields) }
        clients.checkRoutes(against: reader.names, &fields)
        if let list, Array(list.elements).isEmpty {
            fields.fault(list, "there is no route, so no event would be accepted; add one")
        }
        reader.warnOfUnreachable(routes, values, &fields)
        return routes
    }
}

extension JSONValue? {
    /// A list's elements but for those that are no objects, which the list's kind has found already.
    var objects: [JSONValue] {
        self?.elements.filter { $0.kind == .object } ?? []
    }
}
