import Access
import Events
import Facades
package import Foundation
package import Routing
import Vendors

/// Reads `routes.json` with the vendors at hand.
package enum RoutesFile {
    /// The JSON Schema of the file, with every vendor's settings.
    package static var schema: [UInt8] { RoutesSchema.text(VendorRegistry.all.map(\.traits)) }

    /// The configuration reference of the file in Markdown, with every vendor's settings.
    package static var reference: String { RoutesReference.markdown(VendorRegistry.all.map(\.traits)) }

    /// Reads the content of such a file.
    static func reader(allowsInlineSecrets: Bool) -> RoutesReader {
        RoutesReader(
            vendors: VendorRegistry.all,
            allowsInlineSecrets: allowsInlineSecrets,
            isServed: FacadeRegistry.serves
        )
    }

    /// Reads the file as a gateway would that has these variables and may read the same files. Runs no program.
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

    /// - Throws: ``GatewayFault`` with all faults.
    package static func read(_ file: URL, allowsInlineSecrets: Bool) throws(GatewayFault) -> RoutesReader.Contents {
        try read(content(of: file), of: file, allowsInlineSecrets: allowsInlineSecrets)
    }

    /// The bytes of the file.
    package static func content(of file: URL) throws(GatewayFault) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: file))
        } catch {
            throw .unreadableRoutes(file: file.relativePath, reason: "the file does not exist or cannot be read")
        }
    }

    /// What the bytes of the file say.
    static func read(_ content: [UInt8], of file: URL, allowsInlineSecrets: Bool) throws(GatewayFault)
        -> RoutesReader.Contents
    {
        do {
            return try reader(allowsInlineSecrets: allowsInlineSecrets).read(content)
        } catch {
            throw .faultyRoutes(file: file.relativePath, error)
        }
    }
}
