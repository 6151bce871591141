using Naru.Scheduling.State;

namespace Naru.Scheduling.Scores;

/// <summary>Places that are liked so much for each pod there; disliked, if negative.</summary>
internal sealed record WeightedPlaces(DomainCounts Places, int Weight);
