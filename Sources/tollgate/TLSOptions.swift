import ArgumentParser
import Foundation
import Ingress

/// The options for TLS, on both sides of the gateway.
struct TLSOptions: ParsableArguments {
    @Option(help: "Server certificate with its chain, in PEM; enables TLS (env: TOLLGATE_TLS_CERT).")
    var tlsCert: String?

    @Option(help: "Private key of the certificate, in PEM (env: TOLLGATE_TLS_KEY).")
    var tlsKey: String?

    @Option(help: "Additional certificate authorities for vendors, in PEM (env: TOLLGATE_VENDOR_CA).")
    var vendorCa: String?

    mutating func validate() throws {
        let environment = ProcessInfo.processInfo.environment
        tlsCert = tlsCert ?? environment["TOLLGATE_TLS_CERT"]
        tlsKey = tlsKey ?? environment["TOLLGATE_TLS_KEY"]
        vendorCa = vendorCa ?? environment["TOLLGATE_VENDOR_CA"]
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key must be given together")
        }
    }

    /// Nil for plain HTTP.
    var certificate: ServerCertificate.Files? {
        guard let tlsCert, let tlsKey else { return nil }
        return ServerCertificate.Files(certificate: URL(filePath: tlsCert), key: URL(filePath: tlsKey))
    }

    /// Nil if the system's authorities are all that vendors' certificates may come from.
    var vendorRoots: URL? { vendorCa.map { URL(filePath: $0) } }
}
