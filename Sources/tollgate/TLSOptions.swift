import ArgumentParser
import Foundation
import Ingress

/// The options for TLS, on both sides of the gateway.
struct TLSOptions: ParsableArguments {
    @Option(help: "The server's certificate and its chain, in PEM: TLS instead of plain HTTP. Or TOLLGATE_TLS_CERT.")
    var tlsCert: String?

    @Option(help: "The certificate's key, in PEM. Or TOLLGATE_TLS_KEY.")
    var tlsKey: String?

    @Option(help: "Certificate authorities of vendors, in PEM, beside those of the system. Or TOLLGATE_VENDOR_CA.")
    var vendorCa: String?

    mutating func validate() throws {
        let environment = ProcessInfo.processInfo.environment
        tlsCert = tlsCert ?? environment["TOLLGATE_TLS_CERT"]
        tlsKey = tlsKey ?? environment["TOLLGATE_TLS_KEY"]
        vendorCa = vendorCa ?? environment["TOLLGATE_VENDOR_CA"]
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("give both --tls-cert and --tls-key, or neither")
        }
    }

    /// Nil for plain HTTP.
    var certificate: ServerCertificate.Files? {
        guard let tlsCert, let tlsKey else { return nil }
        return ServerCertificate.Files(certificate: URL(filePath: tlsCert), key: URL(filePath: tlsKey))
    }

    var vendorRoots: URL? { vendorCa.map { URL(filePath: $0) } }
}
