using Azure;

namespace Governance.Storage.Tables;

/// <summary>What is done to one row.</summary>
public enum TableTransactionActionType
{
    /// <summary>Insert; the row must not be there.</summary>
    Add,

    /// <summary>Merge into the row that is there; the ETag must hold.</summary>
    UpdateMerge,

    /// <summary>Replace the row that is there; the ETag must hold.</summary>
    UpdateReplace,

    /// <summary>Delete the row that is there; the ETag must hold.</summary>
    Delete,

    /// <summary>Insert, or merge into what is there, whoever wrote it.</summary>
    UpsertMerge,

    /// <summary>Insert, or replace what is there, whoever wrote it.</summary>
    UpsertReplace,
}

/// <summary>How an update treats the values that it does not name.</summary>
public enum TableUpdateMode
{
    /// <summary>They stay.</summary>
    Merge,

    /// <summary>They go.</summary>
    Replace,
}

/// <summary>One operation of an entity-group transaction.</summary>
public sealed class TableTransactionAction
{
    /// <summary>An operation that compares no ETag.</summary>
    /// <remarks>An update or delete made this way takes whatever version is there.</remarks>
    public TableTransactionAction(TableTransactionActionType actionType, TableEntity entity)
        : this(actionType, entity, ETag.All)
    {
    }

    /// <summary>An operation on the version that was read.</summary>
    /// <param name="actionType">What is done.</param>
    /// <param name="entity">The row; for a delete only its keys count.</param>
    /// <param name="etag">Compared by updates and deletes; <see cref="ETag.All"/>: any version.</param>
    public TableTransactionAction(TableTransactionActionType actionType, TableEntity entity, ETag etag)
    {
        ArgumentNullException.ThrowIfNull(entity);
        (ActionType, Entity, ETag) = (actionType, entity, etag);
    }

    /// <summary>What is done.</summary>
    public TableTransactionActionType ActionType { get; }

    /// <summary>The row.</summary>
    public TableEntity Entity { get; }

    /// <summary>Compared by updates and deletes.</summary>
    public ETag ETag { get; }
}
