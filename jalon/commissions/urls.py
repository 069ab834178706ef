from django.urls import path

from . import views

app_name = "commissions"
urlpatterns = [
    path("received/", views.received, name="received"),
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/new/", views.new_meeting, name="new_meeting"),
    path("meetings/members/", views.members, name="members"),
    path("meetings/points/<str:item_id>/", views.item, name="item"),
    path("meetings/points/<str:item_id>/opinion/", views.opinion, name="opinion"),
    path("meetings/points/<str:item_id>/correct/", views.correct, name="correct"),
    path("meetings/points/<str:item_id>/postpone/", views.postpone, name="postpone"),
    path("meetings/points/<str:item_id>/up/", views.move_up, name="move_up"),
    path("meetings/points/<str:item_id>/down/", views.move_down, name="move_down"),
    path("meetings/points/<str:item_id>/note/", views.note, name="note"),
    path("meetings/points/<str:item_id>/conflict/", views.conflict, name="conflict"),
    path("meetings/points/<str:item_id>/sheet/", views.sheet, name="sheet"),
    path("meetings/<str:meeting_id>/", views.meeting, name="meeting"),
    path("meetings/<str:meeting_id>/convocations/", views.convocations, name="convocations"),
    path("meetings/<str:meeting_id>/minutes/paper/", views.minutes_paper, name="minutes_paper"),
    path("meetings/<str:meeting_id>/minutes/annex/", views.minutes_annex, name="minutes_annex"),
    path("meetings/<str:meeting_id>/agenda/", views.agenda, name="agenda"),
    path("meetings/<str:meeting_id>/point/", views.point, name="point"),
    path("meetings/<str:meeting_id>/convene/", views.convene, name="convene"),
    path("meetings/<str:meeting_id>/attendance/", views.attendance, name="attendance"),
    path("meetings/<str:meeting_id>/open/", views.open_meeting, name="open"),
    path("meetings/<str:meeting_id>/close/", views.close_meeting, name="close"),
    path("meetings/<str:meeting_id>/cancel/", views.cancel, name="cancel"),
    path("meetings/<str:meeting_id>/again/", views.again, name="again"),
    path("meetings/<str:meeting_id>/minutes/", views.minutes, name="minutes"),
    path("meetings/<str:meeting_id>/minutes/generate/", views.generate, name="generate"),
    path("meetings/<str:meeting_id>/minutes/edit/", views.edit_minutes, name="edit_minutes"),
    path("meetings/<str:meeting_id>/minutes/sign/", views.sign_minutes, name="sign_minutes"),
]
