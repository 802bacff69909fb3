/// The embedded templates. A new one is a file in `Templates` and a row here; a test compares both.
enum TemplateFiles {
    /// Name and text.
    static let all: [(name: String, text: String)] = files.map { ($0, String(decoding: $1, as: UTF8.self)) }

    private static let files: [(String, [UInt8])] =
        [
            ("Layout", PackageResources.Layout_mustache),
            ("Content", PackageResources.Content_mustache),
            ("Time", PackageResources.Time_mustache),
            ("ProblemCount", PackageResources.ProblemCount_mustache),
            ("Pager", PackageResources.Pager_mustache),
            ("ColumnHead", PackageResources.ColumnHead_mustache),
            ("SavedViews", PackageResources.SavedViews_mustache),
            ("SignIn", PackageResources.SignIn_mustache),
            ("Problem", PackageResources.Problem_mustache),
            ("Log", PackageResources.Log_mustache),
            ("Overview", PackageResources.Overview_mustache),
            ("ProviderTable", PackageResources.ProviderTable_mustache),
            ("Providers", PackageResources.Providers_mustache),
            ("Provider", PackageResources.Provider_mustache),
            ("Events", PackageResources.Events_mustache),
            ("Event", PackageResources.Event_mustache),
            ("Problems", PackageResources.Problems_mustache),
            ("ProblemsPlan", PackageResources.ProblemsPlan_mustache),
            ("ProblemsResult", PackageResources.ProblemsResult_mustache),
        ] + otherScreens

    /// Live, Try, Routes, Migration, Clients.
    private static let otherScreens: [(String, [UInt8])] = [
        ("Clients", PackageResources.Clients_mustache),
        ("Correction", PackageResources.Correction_mustache),
        ("CorrectionPlan", PackageResources.CorrectionPlan_mustache),
        ("DaySide", PackageResources.DaySide_mustache),
        ("FileLines", PackageResources.FileLines_mustache),
        ("Findings", PackageResources.Findings_mustache),
        ("Live", PackageResources.Live_mustache),
        ("Migration", PackageResources.Migration_mustache),
        ("Move", PackageResources.Move_mustache),
        ("MoveOrder", PackageResources.MoveOrder_mustache),
        ("ParityCustomers", PackageResources.ParityCustomers_mustache),
        ("ParityReport", PackageResources.ParityReport_mustache),
        ("ParityRun", PackageResources.ParityRun_mustache),
        ("ParitySummary", PackageResources.ParitySummary_mustache),
        ("PlanForm", PackageResources.PlanForm_mustache),
        ("Routes", PackageResources.Routes_mustache),
        ("RoutesChange", PackageResources.RoutesChange_mustache),
        ("RoutesPlan", PackageResources.RoutesPlan_mustache),
        ("Try", PackageResources.Try_mustache),
        ("WatchPanel", PackageResources.WatchPanel_mustache),
    ]
}
