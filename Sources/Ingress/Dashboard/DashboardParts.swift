import Access
import Dashboard
import Journal
import Reports

/// What the dashboard of one listener is made of.
struct DashboardParts: Sendable {
    let settings: DashboardSettings
    let sessions: DashboardSessions
    let rendering: PageRendering
    let refreshes = SharedRefreshes()
    let visits: VisitRule

    /// - Parameters:
    ///   - listener: whose dashboard it is.
    ///   - isSecure: whether the listener speaks TLS.
    ///   - threads: how many pages are written at the same time.
    ///   - sessions: where other gateways see those of this one; nil if it is alone.
    init(
        _ settings: DashboardSettings,
        on listener: IngressSettings,
        isSecure: Bool,
        threads: Int,
        sharing sessions: (any SessionKeeping)? = nil
    ) {
        self.settings = settings
        self.sessions = DashboardSessions(sharing: sessions)
        rendering = PageRendering(threads: threads)
        visits = VisitRule(url: settings.url, listenHost: listener.host, isSecure: isSecure)
    }

    /// What is around a page.
    /// - Parameter counts: of which the menu shows that of the caller's tenant.
    func frame(for caller: Caller?, on screen: Screen?, _ counts: ProblemCounts) -> PageFrame {
        PageFrame(
            environment: settings.title,
            isSandbox: settings.demoKey != nil,
            client: caller?.client,
            current: screen,
            problems: caller.flatMap { caller in
                caller.client.may(.readEvents) ? counts.count(of: caller.client.tenant, at: .now) : nil
            }
        )
    }
}
