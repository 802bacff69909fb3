import Foundation
import NIOSSL
import Transport

/// The certificate authorities of `--vendor-ca`.
enum VendorRoots {
    /// - Parameter file: in PEM; nil for only the system's.
    static func read(_ file: URL?) throws(GatewayFault) -> [NIOSSLCertificate] {
        guard let file else { return [] }
        do {
            return try TLSFile.certificates(in: file)
        } catch {
            throw .vendorRoots(error)
        }
    }
}
