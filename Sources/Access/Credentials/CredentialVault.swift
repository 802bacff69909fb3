import Digest
package import Events
import Foundation
import Synchronization

/// Gets vendors' credentials from where `routes.json` says they are.
///
/// A file is read again when its modification time or size changes, so that rotating a secret needs no restart. No message of this type
/// ever contains a credential.
package final class CredentialVault: CredentialResolving {
    private struct CachedFile {
        /// The target of the path's links: a mounted secret is rotated by changing a link.
        let target: String
        let modified: Date?
        let size: Int?
        let secret: Secret
    }

    private let configured: any ConfiguredCredentials
    private let environment: [String: String]
    private let programs: ProgramCredentials
    private let holding: String
    private let files = Mutex<[String: CachedFile]>([:])
    /// The latest credentials of sources that never say anything else, by account: a credential is asked for with every request.
    private let fixed = Mutex<[ProviderName: (source: CredentialSource, secret: Secret)]>([:])

    /// - Parameters:
    ///   - environment: variables by name; a parameter, so that demos and tests can set their own. Programs get only those that are
    ///     configured for them.
    ///   - programLimit: the timeout for programs that print credentials.
    ///   - holding: what each source holds, for messages.
    package init(
        of configured: any ConfiguredCredentials,
        environment: [String: String],
        programLimit: Duration = .seconds(10),
        holding: String = "the vendor's key"
    ) {
        programs = ProgramCredentials(environment: environment, limit: programLimit, holding: holding)
        self.holding = holding
        self.configured = configured
        self.environment = environment
    }

    nonisolated(nonsending) package func credential(
        of provider: ProviderName
    ) async throws(CredentialUnavailable) -> Secret {
        guard let source = configured.credentialSource(of: provider) else {
            throw CredentialUnavailable(message: "no provider \"\(provider)\" is configured any more")
        }
        return try await credential(from: source, of: provider)
    }

    /// The digest of a key, to compare keys; nil if the key is not available.
    /// - Parameter runsPrograms: whether a program may be run for it.
    package func digest(from source: CredentialSource, of provider: ProviderName, runsPrograms: Bool) async
        -> CredentialDigest?
    {
        if case .command = source, !runsPrograms { return nil }
        do throws(CredentialUnavailable) {
            let key = try await credential(from: source, of: provider)
            return CredentialDigest(SHA256.digest(of: key.reveal().utf8))
        } catch {
            // ``missing`` says why.
            return nil
        }
    }

    nonisolated(nonsending) private func credential(
        from source: CredentialSource,
        of provider: ProviderName
    ) async throws(CredentialUnavailable) -> Secret {
        switch source {
        case .environment(let name):
            return try fromFixed(source, of: provider) { () throws(CredentialUnavailable) in try fromEnvironment(name) }
        case .file(let path): return try fromFile(path)
        case .inline(let secret):
            return try fromFixed(source, of: provider) { () throws(CredentialUnavailable) in
                let key = Self.trimmed(Array(secret.reveal().utf8))
                return try checked(key, "\"inline\" of provider \(provider)")
            }
        case .command(let command):
            let place = "what the program \(command.arguments[0]) prints"
            return try await programs.credential(of: command) {
                (printed) throws(CredentialUnavailable) in
                try checked(Self.trimmed(printed), place)
            }
        }
    }

    /// What is missing, one line per provider; empty if every credential is available.
    package var missing: [String] {
        get async {
            var missing: [String] = []
            for provider in configured.providersWithCredentials {
                do throws(CredentialUnavailable) {
                    _ = try await credential(of: provider)
                } catch {
                    missing.append("provider \(provider): \(error.message)")
                }
            }
            return missing
        }
    }

    private func fromFixed(
        _ source: CredentialSource,
        of provider: ProviderName,
        read: () throws(CredentialUnavailable) -> Secret
    ) throws(CredentialUnavailable) -> Secret {
        if let known = fixed.withLock({ $0[provider] }), known.source == source { return known.secret }
        let secret = try read()
        fixed.withLock { $0[provider] = (source, secret) }
        return secret
    }

    private func fromEnvironment(_ name: String) throws(CredentialUnavailable) -> Secret {
        guard let value = environment[name], !value.isEmpty else {
            throw CredentialUnavailable(
                message: "the environment variable \(name) is not set; set it to \(holding)"
            )
        }
        return try checked(Self.trimmed(Array(value.utf8)), "the environment variable \(name)")
    }

    private func fromFile(_ path: String) throws(CredentialUnavailable) -> Secret {
        // The attributes of a link are its own, and do not change when what it leads to does.
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes: [FileAttributeKey: Any]
        let content: Data
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: target)
            let (modified, size) = (attributes[.modificationDate] as? Date, attributes[.size] as? Int)
            if let cached = files.withLock({ $0[path] }), cached.target == target, cached.modified == modified,
                cached.size == size
            {
                return cached.secret
            }
            content = try Data(contentsOf: URL(filePath: target))
        } catch {
            throw CredentialUnavailable(message: "the file \(path) cannot be read; it must hold \(holding)")
        }
        let secret = try checked(Self.trimmed([UInt8](content)), "the file \(path)")
        files.withLock {
            $0[path] = CachedFile(
                target: target,
                modified: attributes[.modificationDate] as? Date,
                size: attributes[.size] as? Int,
                secret: secret
            )
        }
        return secret
    }

    private static func trimmed(_ content: [UInt8]) -> String {
        String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A key that is not valid in a header field, or that is more than the key, would fail every request with an error that does not
    /// say so.
    private func checked(_ value: String, _ place: String) throws(CredentialUnavailable) -> Secret {
        if let flaw = self.flaw(in: value) { throw CredentialUnavailable(message: "\(place) \(flaw)") }
        return Secret(value)
    }

    /// Why a trimmed value is not a valid key, without quoting any of it; nil if it is valid.
    private func flaw(in value: String) -> String? {
        if value.isEmpty { return "is empty; it must hold \(holding)" }
        if value.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            return "has several lines; it must contain only \(holding)"
        }
        if ["bearer ", "bearer\t"].contains(where: { value.lowercased().hasPrefix($0) }) {
            return "begins with \"Bearer \", which belongs to the header; leave it out"
        }
        if let quote = value.first, "\"'".contains(quote), value.count > 1, value.last == quote {
            return "is in quotation marks; remove them"
        }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "must hold one key of visible ASCII characters, without spaces"
        }
        return nil
    }
}

/// The sources of the provider accounts' credentials, as currently configured.
package protocol ConfiguredCredentials: Sendable {
    /// The accounts, in the order of the configuration.
    var providersWithCredentials: [ProviderName] { get }

    /// The source of an account's credential; nil if the account is not configured any more.
    func credentialSource(of provider: ProviderName) -> CredentialSource?
}
