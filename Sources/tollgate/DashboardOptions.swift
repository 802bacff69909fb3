import ArgumentParser
import Dashboard
import Foundation
import Ingress

/// The options of the dashboard.
struct DashboardOptions: ParsableArguments {
    @Flag(
        help:
            "Serve no dashboard. By default it is at /dashboard, with --admin-listen only there (env: TOLLGATE_NO_DASHBOARD=true)."
    )
    var noDashboard = false

    @Option(
        help: "The name of this installation, shown on every page of the dashboard (env: TOLLGATE_DASHBOARD_TITLE)."
    )
    var dashboardTitle: String?

    @Option(
        help: """
            The https:// address under which browsers reach the dashboard through a proxy with TLS, which must keep the Host header. \
            Without TLS or a proxy, the dashboard opens on this machine only (env: TOLLGATE_DASHBOARD_URL).
            """
    )
    var dashboardUrl: String?

    @Flag(
        help: """
            Show the names of events' properties in the dashboard, and not their values (env: \
            TOLLGATE_DASHBOARD_HIDE_PROPERTIES=true).
            """
    )
    var dashboardHideProperties = false

    mutating func validate() throws {
        let environment = ProcessInfo.processInfo.environment
        for variable in ["TOLLGATE_NO_DASHBOARD", "TOLLGATE_DASHBOARD_HIDE_PROPERTIES"] {
            try Variable.check(variable, is: "true or false") { ["true", "false"].contains($0) }
        }
        if environment["TOLLGATE_NO_DASHBOARD"] == "true" { noDashboard = true }
        if environment["TOLLGATE_DASHBOARD_HIDE_PROPERTIES"] == "true" { dashboardHideProperties = true }
        dashboardTitle = dashboardTitle ?? environment["TOLLGATE_DASHBOARD_TITLE"]
        let phrase = "an https:// address without a path, such as https://tollgate.example.com"
        try Variable.check("TOLLGATE_DASHBOARD_URL", is: phrase) { Self.address($0) != nil }
        if let dashboardUrl, Self.address(dashboardUrl) == nil {
            throw ValidationError("--dashboard-url must be \(phrase); found \"\(dashboardUrl)\"")
        }
        dashboardUrl = dashboardUrl ?? environment["TOLLGATE_DASHBOARD_URL"]
        if let dashboardTitle, !(1...60).contains(dashboardTitle.count) {
            throw ValidationError("--dashboard-title must have 1 to 60 characters")
        }
    }

    /// Only an https address: the session cookie must not travel unencrypted.
    private static func address(_ text: String) -> DashboardOrigin? {
        DashboardOrigin(text).flatMap { $0.scheme == "https" ? $0 : nil }
    }

    /// The settings; nil without a dashboard.
    /// - Parameter demoKey: shown at the sign-in, if the simulated vendors run.
    func settings(demoKey: String?) -> DashboardSettings? {
        guard !noDashboard else { return nil }
        var settings = DashboardSettings()
        settings.title = dashboardTitle
        settings.url = dashboardUrl.flatMap(Self.address)
        settings.hidesProperties = dashboardHideProperties
        settings.demoKey = demoKey
        return settings
    }
}
