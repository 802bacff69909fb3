package import Foundation

/// Certificates for one test, made by `openssl`.
package struct Certificates: Sendable {
    package let folder: URL

    /// - Parameter folder: where their files are.
    package init(in folder: URL) {
        self.folder = folder
    }

    /// The server's certificate.
    package var certificate: URL { folder.appending(path: "cert.pem") }
    /// The server's key.
    package var key: URL { folder.appending(path: "key.pem") }

    /// The file of an authority.
    package func authority(_ name: String) -> URL { folder.appending(path: "\(name).pem") }

    /// Makes an authority.
    package func makeAuthority(_ name: String) async throws {
        try await run(
            ["-x509", "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).pem"]
                + ["-addext", "keyUsage=critical,keyCertSign"]
        )
    }

    /// Makes the server's certificate anew; the key and the certificate come one after the other.
    package func makeServer(signedBy name: String, days: Int = 30) async throws {
        try await makeNew(signedBy: name, days: days)
        try putNewKey()
        try putNewCertificate()
    }

    /// Makes another pair for the server, which is not in its place yet.
    package func makeNew(signedBy name: String, days: Int) async throws {
        try await run(
            ["-x509", "-subj", "/CN=localhost", "-CA", path("\(name).pem"), "-CAkey", path("\(name).key")]
                + ["-keyout", "new.key", "-out", "new.pem", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
                + ["-addext", "basicConstraints=critical,CA:FALSE"],
            days: days
        )
    }

    /// Puts the new pair's key in the place of the server's.
    package func putNewKey() throws { try put("new.key", key) }

    /// Puts the new pair's certificate in the place of the server's.
    package func putNewCertificate() throws { try put("new.pem", certificate) }

    private func put(_ name: String, _ place: URL) throws {
        guard rename(path(name), place.path) == 0 else { throw POSIXError(.EIO) }
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func run(_ arguments: [String], days: Int = 30) async throws {
        var arguments = arguments
        for place in arguments.indices where place > 0 && ["-keyout", "-out"].contains(arguments[place - 1]) {
            arguments[place] = path(arguments[place])
        }
        let common =
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
            + ["-days", "\(days)"]
        let process = try ChildProcess(path: "openssl", common + arguments)
        guard try await process.waitForExit() == 0 else {
            throw ProcessFailure(what: "openssl failed", lines: process.lines)
        }
    }
}
