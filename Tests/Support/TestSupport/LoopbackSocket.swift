import Foundation

/// Plain TCP sockets of this machine, for tests that decide about every byte. Whoever opens one closes it.
package enum LoopbackSocket {
    /// Listens on a free port.
    /// - Parameter backlog: how many connections may wait to be accepted.
    package static func listen(backlog: Int32) throws -> (descriptor: Int32, port: Int) {
        try opened { descriptor in
            var address = address(of: 0)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && Foundation.listen(descriptor, backlog) == 0
                        && getsockname(descriptor, $0, &length) == 0
                }
            }
            return isBound ? (descriptor, Int(UInt16(bigEndian: address.sin_port))) : nil
        }
    }

    /// Connects to a port.
    /// - Parameter seconds: how long one read or write may block.
    package static func connect(to port: Int, patience seconds: Int = 120) throws -> Int32 {
        try opened { descriptor in
            var patience = timeval(tv_sec: seconds, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
            }
            let isConnected = withUnsafePointer(to: address(of: port)) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            return isConnected ? descriptor : nil
        }
    }

    /// - Parameter use: nil if a call has failed.
    private static func opened<Value>(_ use: (Int32) -> Value?) throws -> Value {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw failure() }
        if let value = use(descriptor) { return value }
        let failure = failure()
        close(descriptor)
        throw failure
    }

    private static func failure() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

    private static func address(of port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
