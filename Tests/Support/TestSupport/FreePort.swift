import Foundation
import Synchronization

/// Finds a port that nobody listens on, for a server that is started later and perhaps more than once.
///
/// The system hands out ports for outgoing connections and for servers without a port of their own; one of those could be taken by
/// another test before the server starts. So these come from below, and none comes twice until all were used.
package enum FreePort {
    private static let ports = 10_000..<32_768
    /// Two runs at the same time begin at different places.
    private static let next = Atomic(Int(getpid()) &* 397 % ports.count)

    package static func find() throws -> Int {
        for _ in ports {
            let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
            let port = ports.lowerBound + turn % ports.count
            if isFree(port) { return port }
        }
        throw POSIXError(.EADDRINUSE)
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
