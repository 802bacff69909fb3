import ConfigurationFile
package import Events
import JSON

/// Reads which calls to vendors' APIs a client may pass through: `"pass": {"lago": ["/api/v1/customers*"]}`, keyed by the facade or by one of its
/// providers.
package struct PassReader: Sendable {
    /// Whether the gateway serves a path of a vendor's API itself, so that no pattern passes it.
    package typealias ServedPaths = @Sendable (AdapterName, String) -> Bool

    private let vendors: [VendorTraits]
    private let providers: [(name: ProviderName, traits: VendorTraits)]
    private let isServed: ServedPaths

    /// - Parameters:
    ///   - vendors: all vendors; each has a facade with its adapter's name.
    ///   - providers: the providers of the file, with their vendors.
    package init(
        vendors: [VendorTraits],
        providers: [(name: ProviderName, traits: VendorTraits)],
        isServed: @escaping ServedPaths
    ) {
        self.vendors = vendors
        self.providers = providers
        self.isServed = isServed
    }

    /// - Parameter isShared: where the file has `"pass_shared"`.
    func read(
        _ value: JSONValue?,
        isShared: JSONValue?,
        includesShared: Bool,
        _ fields: inout FieldReader
    ) -> PassRules {
        var rules: [AdapterName: PassRules.Rule] = [:]
        for member in value.map({ Array($0.members) }) ?? [] {
            guard let (traits, provider) = vendor(member, &fields) else { continue }
            let paths = FieldReader.texts(member.value)
            let isList = member.value.kind == .array
            guard paths.count == (isList ? Array(member.value.elements).count : 1) else {
                fields.fault(
                    member.value,
                    "\"\(member.name)\" must be a path or a list of paths such as \"\(traits.api.pathPrefix)/customers*\""
                )
                continue
            }
            guard !paths.isEmpty else {
                fields.fault(member.value, "\"\(member.name)\" passes nothing; add a path, or leave it out")
                continue
            }
            for path in paths {
                if let reason = fault(in: path.text, of: traits) {
                    fields.fault(path.value, "\"\(Excerpt.of(path.text))\" cannot match: \(reason)")
                }
            }
            if rules[traits.adapter] != nil {
                fields.fault(member.key, "the facade \(traits.adapter) is duplicated in \"pass\"; join the lists")
            }
            rules[traits.adapter] = PassRules.Rule(
                provider: provider,
                paths: paths.map { Glob(Self.comparable($0.text)) }
            )
        }
        if includesShared, rules.isEmpty, let isShared {
            fields.fault(isShared, "\"pass_shared\" has no effect without \"pass\"", severity: .warning)
        }
        return PassRules(rules, includesSharedAccounts: includesShared)
    }

    /// The vendor whose facade a key means, and the provider if it names one.
    private func vendor(_ member: JSONMember, _ fields: inout FieldReader) -> (VendorTraits, ProviderName?)? {
        let facade = vendors.first { $0.adapter.rawValue == member.name }
        let provider = providers.first { $0.name.rawValue == member.name }
        switch (facade, provider) {
        case (let facade?, let provider?) where provider.traits.adapter != facade.adapter:
            fields.fault(
                member.key,
                "\"\(member.name)\" is a facade and also a provider of \(provider.traits.vendor); rename the provider"
            )
            return nil
        case (_, let provider?): return (provider.traits, provider.name)
        case (let facade?, nil): return (facade, nil)
        case (nil, nil):
            let hint = fields.hint(
                for: member.name,
                among: vendors.map(\.adapter.rawValue) + providers.map(\.name.rawValue)
            )
            fields.fault(
                member.key,
                "no facade and no provider is named \"\(Excerpt.of(member.name))\"\(hint)"
            )
            return nil
        }
    }

    /// Why a pattern cannot match any path that could be passed; nil if it can.
    private func fault(in pattern: String, of traits: VendorTraits) -> String? {
        if pattern.contains("?") || pattern.contains("#") {
            return "it is compared with the path alone, without the query; * stands for any text"
        }
        let root = traits.api.pathPrefix + "/"
        let start = pattern.prefix { $0 != "*" }
        let isBelow = start.hasPrefix(root) || (start.count < pattern.count && root.hasPrefix(start))
        guard isBelow else { return "the paths of \(traits.vendor)'s API begin with \(root)" }
        guard pattern.first == "/" else { return nil }
        do {
            let path = try NormalPath(pattern)
            if !pattern.contains("*"), isServed(traits.adapter, path.text) {
                return "the gateway serves this path itself"
            }
            return nil
        } catch {
            switch error {
            case .spelled(let normal): return "only paths in normal form are passed; write \"\(normal)\""
            case .ambiguous(let what): return "it holds \(what)"
            }
        }
    }

    private static func comparable(_ pattern: String) -> String {
        // A pattern that begins with a star is not a path; its percent-encoding is compared as written.
        (try? NormalPath(pattern))?.comparable ?? pattern
    }
}
