import Dashboard
import HTTPTypes

/// What the handler of a page answers.
enum PageAnswer: Sendable {
    case page(any PageContent, status: HTTPResponse.Status = .ok)
    /// See another page: after every form, so that reloading does not send it again.
    case see(String)
    /// Something else than a page: a stream of events, or CSV.
    case other(EndpointResponse)
}
