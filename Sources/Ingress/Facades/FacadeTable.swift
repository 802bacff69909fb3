import Events

/// Finds the dialect for a path.
struct FacadeTable: Sendable {
    private let facades: [(prefix: String, dialect: any Dialect)]

    /// - Parameter dialects: no two with a prefix in common.
    init(_ dialects: [any Dialect]) {
        facades = dialects.flatMap { dialect in dialect.prefixes.map { (prefix: $0, dialect: dialect) } }
        precondition(Set(facades.map(\.prefix)).count == facades.count, "two dialects share a prefix")
    }

    /// The dialect of a path, and the rest of the path after its prefix, still percent-encoded; nil if no facade has the path.
    func find(_ path: String) -> (dialect: any Dialect, rest: String)? {
        for facade in facades where path.hasPrefix(facade.prefix) {
            let rest = path.dropFirst(facade.prefix.count)
            if rest.isEmpty || rest.hasPrefix("/") { return (facade.dialect, String(rest)) }
        }
        return nil
    }

    /// The dialect whose vendor's name begins a path that is below none of its prefixes: `/lago/v1/events`, `//lago/events`.
    func near(_ path: String) -> (any Dialect)? {
        guard let first = path.split(separator: "/", maxSplits: 1).first else { return nil }
        let root = "/\(first.lowercased())"
        return facades.first { facade in
            facade.dialect.adapter.rawValue == root.dropFirst() && facade.prefix.hasPrefix(root)
        }?.dialect
    }
}
