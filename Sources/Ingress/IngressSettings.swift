/// What an operator may set of the HTTP server.
package struct IngressSettings: Sendable, Equatable {
    package var host: String
    /// 0 takes any free port.
    package var port: Int
    /// The most bytes of a request body, before and after decompression.
    package var bodyLimitBytes: Int

    package init(host: String = "127.0.0.1", port: Int = 8080, bodyLimitBytes: Int = 32 << 20) {
        self.host = host
        self.port = port
        self.bodyLimitBytes = bodyLimitBytes
    }
}
