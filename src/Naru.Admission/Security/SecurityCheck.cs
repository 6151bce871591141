namespace Naru.Admission.Security;

/// <summary>One thing that pods must not do at a level.</summary>
/// <param name="Level">The level from which on it is demanded.</param>
/// <param name="Reason">Short words for it.</param>
/// <param name="Find">What breaks it, in a pod, at a minor version; null if nothing does.</param>
/// <param name="Since">Minor version that began to demand it.</param>
/// <param name="Softer">The reason of the check of a lower level that this one takes the place of; null for none.</param>
internal sealed record SecurityCheck(SecurityLevel Level, string Reason, Func<PodView, int, string?> Find, int Since = 0, Func<PodView, int, string?>? Softer = null);
