import Events
import Foundation
import NIOCore

/// The first lines of a passed call as they go to the vendor: the client's fields first, then host, account, framing and, last of all,
/// the credential.
///
/// The address is put together as text. To read it as an address and write it again could change its encoding.
struct PassedHead: Sendable {
    let origin: VendorOrigin
    let bytes: [UInt8]

    /// - Throws: ``FaultyRequest`` if something in it would end a line early, or the provider's address is none.
    init(
        _ request: PassedRequest,
        to endpoint: VendorEndpoint,
        with secret: Secret,
        in trace: String?
    ) throws(FaultyRequest) {
        guard let base = URLComponents(string: endpoint.baseURL) else { throw FaultyRequest() }
        origin = try VendorOrigin(of: base)
        var target = base.percentEncodedPath + request.path
        var queries = [request.query].compactMap(\.self).filter { !$0.isEmpty }
        var fields = request.headers
        let own = Set(endpoint.headers.map { $0.name.lowercased() })
        fields.removeAll { own.contains($0.name.lowercased()) }
        fields += endpoint.headers
        switch request.body {
        case .length(let count): fields.append(("Content-Length", "\(count)"))
        case .chunked: fields.append(("Transfer-Encoding", "chunked"))
        case .none where ["POST", "PUT", "PATCH"].contains(request.method): fields.append(("Content-Length", "0"))
        case .none: break
        }
        if let trace { fields.append(("traceparent", trace)) }
        switch endpoint.credential {
        case .header(let name, let prefix):
            fields.removeAll { $0.name.lowercased() == name.lowercased() }
            fields.append((name, prefix + secret.reveal()))
        case .query(let name):
            queries.append("\(name)=\(PercentEncoding.encoded(secret.reveal()))")
        }
        if !queries.isEmpty { target += "?" + queries.joined(separator: "&") }
        guard RequestHead.isToken(request.method), target.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw FaultyRequest()
        }
        var text = "\(request.method) \(target) HTTP/1.1\r\nHost: \(origin.field)\r\n"
        for (name, value) in fields {
            guard RequestHead.isToken(name), RequestHead.isFieldValue(value) else { throw FaultyRequest() }
            text += "\(name): \(value)\r\n"
        }
        bytes = Array((text + "\r\n").utf8)
    }
}
