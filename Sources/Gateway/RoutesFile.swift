import Events
package import Foundation
package import Routing
import Vendors

/// Reads `routes.json` with the vendors at hand.
package enum RoutesFile {
    /// The JSON Schema of the file, with every vendor's settings.
    package static var schema: [UInt8] { RoutesSchema.text(VendorRegistry.all.map(\.traits)) }

    /// - Throws: ``GatewayFault`` with all faults.
    package static func read(_ file: URL) throws(GatewayFault) -> RoutesReader.Reading {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: file)
        } catch {
            throw .unreadableRoutes(file: file.relativePath, reason: "there is no such file, or it may not be read")
        }
        do {
            return try RoutesReader(vendors: VendorRegistry.all.map(\.traits)).read([UInt8](bytes))
        } catch {
            throw .faultyRoutes(file: file.relativePath, error)
        }
    }
}
