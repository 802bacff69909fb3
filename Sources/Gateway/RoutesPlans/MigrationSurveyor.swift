import Events
import Migration
import ParityRuns
import Routing

/// Asks the vendors of a migration for the metrics that they can bill by, and for their customers: page by page, with lower priority than
/// deliveries, and within the limit for reads.
struct MigrationSurveyor {
    let vendors: any VendorAsking

    /// Enough for a hundred thousand customers at vendors that list a hundred per page.
    private static let mostPages = 1000

    /// - Throws: `CancellationError`.
    func survey(for preview: MigrationPreview) async throws -> VendorSurvey {
        var survey = VendorSurvey()
        let needs = preview.needs
        if let provider = preview.newProvider {
            survey.metrics = try await answer(at: provider) { $0.catalogue() }
            if needs.customers {
                survey.customers = try await ids(at: provider, next: \.next) {
                    $0.customers(after: $1)
                } of: {
                    $0.ids
                }
            }
            if needs.subscriptions {
                survey.subscriptions = try await ids(at: provider, next: \.next) {
                    $0.subscriptions(after: $1)
                } of: {
                    $0.subscriptions.map(\.id)
                }
            }
        }
        if let provider = preview.oldProvider {
            survey.oldSubscriptions = try await pages(at: provider, next: \.next) {
                $0.subscriptions(after: $1)
            } of: {
                $0.subscriptions
            }
        }
        return survey
    }

    private func answer<Value>(
        at provider: ProviderConfiguration,
        _ inquiry: (any VendorReader) -> VendorInquiry<Value>
    ) async throws -> VendorSurvey.Answer<Value> {
        guard let reader = provider.adapter.reader else { return Self.unable(provider) }
        guard let answer = await vendors.ask(inquiry(reader), at: provider) else { throw CancellationError() }
        switch answer {
        case .done(let value): return .known(value)
        case .failed(let fault): return .unreadable(fault.message)
        case .unsupported(let reason): return reason.map { VendorSurvey.Answer.unreadable($0) } ?? Self.unable(provider)
        case .ask: preconditionFailure("a question ends with its answer")
        }
    }

    private static func unable<Value>(_ provider: ProviderConfiguration) -> VendorSurvey.Answer<Value> {
        .unreadable("\(provider.traits.vendor) does not show them")
    }

    /// All pages of a list.
    private func pages<Page: Sendable, Item: Sendable>(
        at provider: ProviderConfiguration,
        next: KeyPath<Page, String?>,
        _ page: (any VendorReader, String?) -> VendorInquiry<Page>,
        of items: (Page) -> [Item]
    ) async throws -> VendorSurvey.Answer<[Item]> {
        var (all, cursor): ([Item], String?) = ([], nil)
        for _ in 0..<Self.mostPages {
            switch try await answer(at: provider, { page($0, cursor) }) {
            case .known(let shown):
                all += items(shown)
                cursor = shown[keyPath: next]
                if cursor == nil { return .known(all) }
            case .unreadable(let reason): return .unreadable(reason)
            case .notAsked: return .notAsked
            }
        }
        return .unreadable("the list has more than \(Self.mostPages) pages")
    }

    private func ids<Page: Sendable>(
        at provider: ProviderConfiguration,
        next: KeyPath<Page, String?>,
        _ page: (any VendorReader, String?) -> VendorInquiry<Page>,
        of items: (Page) -> [String]
    ) async throws -> VendorSurvey.Answer<Set<ExactText>> {
        switch try await pages(at: provider, next: next, page, of: items) {
        case .known(let ids): .known(Set(ids.map(\.exact)))
        case .unreadable(let reason): .unreadable(reason)
        case .notAsked: .notAsked
        }
    }
}
