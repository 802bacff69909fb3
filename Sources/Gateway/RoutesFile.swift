import Access
import Events
import Facades
package import Foundation
package import Routing
import Vendors

/// Reads `routes.json` with all vendors.
package enum RoutesFile {
    /// The JSON Schema of the file, with every vendor's settings.
    package static var schema: [UInt8] { RoutesSchema.text(VendorRegistry.all.map(\.traits)) }

    /// The configuration reference of the file in Markdown, with every vendor's settings.
    package static var reference: String { RoutesReference.markdown(VendorRegistry.all.map(\.traits)) }

    /// Reads the content of such a file.
    /// - Parameters:
    ///   - folder: the folder of the files that it refers to; nil: it must not refer to any.
    ///   - administrators: keys whose clients get the scope `admin` even if the file does not say so.
    static func reader(allowsInlineSecrets: Bool, beside folder: URL? = nil, administrators: Set<KeyDigest> = [])
        -> RoutesReader
    {
        var reader = RoutesReader(
            vendors: VendorRegistry.all,
            allowsInlineSecrets: allowsInlineSecrets,
            isServed: FacadeRegistry.serves
        )
        reader.administrators = administrators
        if let folder { reader.neighbour = { NeighbourFiles.content(of: $0, in: folder) } }
        return reader
    }

    /// Reads the file as a gateway with these variables and access to the same files would. Runs no programs.
    /// - Throws: ``GatewayFault`` with all faults.
    package static func check(
        _ file: URL,
        allowsInlineSecrets: Bool,
        environment: [String: String]
    ) async throws(GatewayFault) -> RoutesReader.Contents {
        let reading = try read(file, allowsInlineSecrets: allowsInlineSecrets)
        let vault = CredentialVault(of: CurrentRoutes(reading.routes), environment: environment)
        return await vault.recognizeAccounts(in: reading, runsPrograms: false)
    }

    /// The providers whose credentials are missing or invalid, and the receivers of notifications whose secrets are, one line each,
    /// without any part of a key. Runs the programs that print them.
    package static func missingCredentials(of routes: Routes, environment: [String: String]) async -> [String] {
        let providers = await CredentialVault(of: CurrentRoutes(routes), environment: environment).missing
        let webhooks = await WebhookKeys(routes: CurrentRoutes(routes)).vault(environment: environment).missing
        return providers + webhooks
            + (await ReceiverCredentials.missing(of: routes.notifications, environment: environment))
    }

    /// - Throws: ``GatewayFault`` with all faults.
    package static func read(_ file: URL, allowsInlineSecrets: Bool) throws(GatewayFault) -> RoutesReader.Contents {
        try read(content(of: file), of: file, allowsInlineSecrets: allowsInlineSecrets)
    }

    /// The folder of the files that it refers to.
    static func folder(of file: URL) -> URL { file.absoluteURL.deletingLastPathComponent() }

    /// The bytes of the file.
    package static func content(of file: URL) throws(GatewayFault) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: file))
        } catch {
            throw .unreadableRoutes(file: file.relativePath, reason: "the file does not exist or cannot be read")
        }
    }

    /// Reads the bytes of the file.
    static func read(_ content: [UInt8], of file: URL, allowsInlineSecrets: Bool) throws(GatewayFault)
        -> RoutesReader.Contents
    {
        try read(content, of: file, by: reader(allowsInlineSecrets: allowsInlineSecrets, beside: folder(of: file)))
    }

    /// Reads the bytes of the file with a given reader.
    static func read(_ content: [UInt8], of file: URL, by reader: RoutesReader) throws(GatewayFault)
        -> RoutesReader.Contents
    {
        do {
            return try reader.read(content)
        } catch {
            throw .faultyRoutes(file: file.relativePath, error)
        }
    }
}
