import Events

/// Addresses of pages, with their parameters encoded.
package enum PageLink {
    /// A path with a query. Parameters without a value are left out.
    package static func address(_ path: String, _ parameters: [(name: String, value: String?)]) -> String {
        let pairs = parameters.compactMap { name, value in
            value.flatMap { $0.isEmpty ? nil : "\(name)=\(PercentEncoding.encoded($0))" }
        }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    /// The sign-in page that leads to another page.
    package static func signIn(to destination: String) -> String {
        let safe = SignInPage.safe(destination)
        return address("/dashboard/sign-in", [("to", safe == "/dashboard" ? nil : safe)])
    }

    /// The page of one event.
    package static func event(_ id: String) -> String { "/dashboard/events/\(PercentEncoding.encoded(id))" }

    /// The page of one provider.
    package static func provider(_ name: String) -> String { "/dashboard/providers/\(PercentEncoding.encoded(name))" }

    /// The log, of one request.
    package static func log(ofRequest id: String) -> String { address(Screen.log.path, [("request_id", id)]) }
}
